import type { Clock } from '@mooring/clock';
import type { Stored } from '@mooring/document-store';
import { LRUCache } from 'lru-cache';
import type { HeadRecord } from '../queue/head-record.js';

/** Long enough for what follows an enqueue: the receive, and its settlement. */
const FRESH_MS = 5_000;
/** Entries, and one more for each head. */
const MAX_SIZE = 50_000;

export interface SeenHead {
  /** Undefined: there was none. */
  readonly stored: Stored<HeadRecord> | undefined;
}

interface CachedHead extends SeenHead {
  readonly at: number;
}

/**
 * Heads as they were seen a moment ago, to spare the read before a write. A write that relies on one that has changed since
 * is refused by its version; nothing may be concluded from one without a write.
 */
export class HeadCache {
  private readonly heads = new LRUCache<string, CachedHead>({
    maxSize: MAX_SIZE,
    sizeCalculation: ({ stored }) => 1 + (stored?.entries.length ?? 0),
  });

  constructor(private readonly clock: Clock) {}

  get(name: string): SeenHead | undefined {
    const cached = this.heads.get(name);
    return cached !== undefined && this.clock.monotonic() - cached.at < FRESH_MS ? cached : undefined;
  }

  keep(name: string, stored: Stored<HeadRecord> | undefined): void {
    this.heads.set(name, { stored, at: this.clock.monotonic() });
  }

  forget(name: string): void {
    this.heads.delete(name);
  }
}
