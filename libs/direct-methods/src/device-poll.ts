import type { Clock, Timer } from '@mooring/clock';
import type { DeviceLocator } from '@mooring/delivery';
import type { edge, identity } from '@mooring/proto';

/** From one look to the next. */
export const POLL_MS = 200;
/** One look-up takes so many keys. */
const MAX_KEYS = 1_000;

export type Edges = readonly edge.DeliveryService[];

interface Waiter {
  readonly key: identity.IdentityKey;
  looksToSkip: number;
  readonly resolve: (edges: Edges) => void;
  readonly reject: (error: unknown) => void;
}

/** Looks again for devices that are not connected: for all who wait at once, and not at all while nobody does. */
export class DevicePoll {
  private readonly waiting = new Set<Waiter>();
  private timer: Timer | undefined;

  constructor(
    private readonly locator: DeviceLocator,
    private readonly clock: Clock,
  ) {}

  get size(): number {
    return this.waiting.size;
  }

  /**
   * Where the device is when it is looked for next.
   * @param looksToSkip looks to let pass, since it was found at an edge that could not serve it
   * @throws what the locator throws; the signal's reason once that is aborted
   */
  next(key: identity.IdentityKey, looksToSkip: number, signal: AbortSignal | undefined): Promise<Edges> {
    const { promise, resolve, reject } = Promise.withResolvers<Edges>();
    const waiter: Waiter = { key, looksToSkip, resolve, reject };
    const abort = () => {
      this.waiting.delete(waiter);
      reject(signal?.reason);
    };
    if (signal?.aborted) {
      abort();
      return promise;
    }
    signal?.addEventListener('abort', abort, { once: true });
    this.waiting.add(waiter);
    this.timer ??= this.clock.after(POLL_MS, () => void this.look());
    return promise.finally(() => signal?.removeEventListener('abort', abort));
  }

  private async look(): Promise<void> {
    const due = [...this.waiting].filter((waiter) => waiter.looksToSkip-- <= 0);
    for (const waiter of due) {
      this.waiting.delete(waiter);
    }
    for (let from = 0; from < due.length; from += MAX_KEYS) {
      await this.lookFor(due.slice(from, from + MAX_KEYS));
    }
    this.timer = this.waiting.size === 0 ? undefined : this.clock.after(POLL_MS, () => void this.look());
  }

  private async lookFor(waiters: readonly Waiter[]): Promise<void> {
    try {
      const found = await this.locator.locate(waiters.map(({ key }) => key));
      for (const [index, { resolve }] of waiters.entries()) {
        resolve(found[index] ?? []);
      }
    } catch (error) {
      for (const { reject } of waiters) {
        reject(error);
      }
    }
  }
}
