import type { Clock } from '@mooring/clock';
import { LRUCache } from 'lru-cache';

interface Window {
  readonly startedAt: number;
  takeOvers: number;
}

export const TAKE_OVER_WINDOW_MS = 10_000;
/** Identities watched; of more those that took over the longest ago are forgotten. */
const MAX_WATCHED = 10_000;

/**
 * Clients that share an identity throw each other out without end. Beyond so many take-overs in ten seconds the one that is
 * connected stays, and the others are refused for the rest of them.
 */
export class TakeOverLimit {
  private readonly windows = new LRUCache<string, Window>({ max: MAX_WATCHED });

  constructor(
    private readonly max: number,
    private readonly clock: Clock,
  ) {}

  isReached(name: string): boolean {
    const window = this.windows.get(name);
    return window !== undefined && window.takeOvers >= this.max && this.isRunning(window);
  }

  count(name: string): void {
    const window = this.windows.get(name);
    if (window !== undefined && this.isRunning(window)) {
      window.takeOvers++;
    } else {
      this.windows.set(name, { startedAt: this.clock.monotonic(), takeOvers: 1 });
    }
  }

  private isRunning({ startedAt }: Window): boolean {
    return this.clock.monotonic() - startedAt < TAKE_OVER_WINDOW_MS;
  }
}
