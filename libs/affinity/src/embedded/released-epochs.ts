import type { Clock } from '@mooring/clock';
import { EPOCH_KEPT_MS } from '../holder.js';

interface Released {
  readonly epoch: number;
  /** By the monotonic clock. */
  readonly at: number;
}

/** The last epochs of identities that nobody holds, for as long as they can matter. */
export class ReleasedEpochs {
  /** In the order of their release. */
  readonly #released = new Map<string, Released>();

  constructor(private readonly clock: Clock) {}

  /** Zero if there is none. */
  of(identity: string): number {
    return this.#released.get(identity)?.epoch ?? 0;
  }

  add(identity: string, epoch: number): void {
    const at = this.clock.monotonic();
    this.#released.delete(identity);
    this.#released.set(identity, { epoch, at });
    for (const [oldest, released] of this.#released) {
      if (at - released.at < EPOCH_KEPT_MS) {
        break;
      }
      this.#released.delete(oldest);
    }
  }

  delete(identity: string): void {
    this.#released.delete(identity);
  }
}
