import type { Clock } from '@mooring/clock';
import { HubError } from '@mooring/errors';

/**
 * A call begins no sooner than the interval after the one before, so that what comes in a stream shares calls; after a
 * pause it begins at once.
 */
export interface Pace {
  readonly intervalMs: number;
  readonly clock: Clock;
}

export interface BatcherOptions<Item, Result> {
  /** Results in the order of the items, one for each. */
  readonly call: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly maxBatch: number;
  /** What an item weighs in a batch of at most `maxWeight`; absent: the number of items alone counts. */
  readonly weigh?: (item: Item) => number;
  readonly maxWeight?: number;
  /** Calls at a time; what comes meanwhile waits, and makes the next batches larger. */
  readonly concurrency: number;
  /** Items that may wait; more are refused. */
  readonly maxWaiting: number;
  /** Absent: nothing waits for more to come. */
  readonly pace?: Pace;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Puts what is asked in one turn of the event loop, or while others are on their way, into one call. Batches begin in the
 * order in which their items were added.
 */
export class Batcher<Item, Result> {
  private readonly waiting: Waiting<Item, Result>[] = [];
  private running = 0;
  private scheduled = false;
  private lastCallAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: BatcherOptions<Item, Result>) {}

  /** Rejects with what the call fails with, or with a HubError `ServiceUnavailable` if too many wait. */
  add(item: Item): Promise<Result> {
    if (this.waiting.length >= this.options.maxWaiting) {
      return Promise.reject(new HubError('ServiceUnavailable', 'There is too much to do at a time; try again.'));
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.scheduled || this.waiting.length === 0 || this.running >= this.options.concurrency) {
      return;
    }
    this.scheduled = true;
    const { pace } = this.options;
    const pauseMs = pace === undefined ? 0 : this.lastCallAt + pace.intervalMs - pace.clock.monotonic();
    if (pace !== undefined && pauseMs > 0) {
      pace.clock.after(pauseMs, () => this.flush());
    } else {
      setImmediate(() => this.flush());
    }
  }

  private flush(): void {
    this.scheduled = false;
    this.lastCallAt = this.options.pace?.clock.monotonic() ?? 0;
    void this.run(this.waiting.splice(0, this.nextBatch()));
    this.schedule();
  }

  /** How many of those that wait fit into one call: one at least. */
  private nextBatch(): number {
    const { maxBatch, weigh, maxWeight = Number.POSITIVE_INFINITY } = this.options;
    if (weigh === undefined) {
      return maxBatch;
    }
    let weight = 0;
    for (let count = 0; count < Math.min(this.waiting.length, maxBatch); count++) {
      const next = this.waiting[count];
      weight += next === undefined ? 0 : weigh(next.item);
      if (weight > maxWeight) {
        return Math.max(count, 1);
      }
    }
    return maxBatch;
  }

  private async run(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    this.running++;
    try {
      const results = await this.options.call(batch.map(({ item }) => item));
      if (results.length !== batch.length) {
        throw new Error(`asked for ${batch.length}, answered ${results.length}`);
      }
      batch.forEach(({ resolve }, index) => {
        resolve(results[index] as Result);
      });
    } catch (error) {
      for (const { reject } of batch) {
        reject(error);
      }
    } finally {
      this.running--;
      this.schedule();
    }
  }
}
