import type { Clock } from '@mooring/clock';

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

export interface BatcherOptions<Item, Result> {
  /** Results in the order of the items. */
  readonly call: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly maxBatch: number;
  /** What an item weighs in a batch of at most `maxWeight`; absent: the number of items alone counts. */
  readonly weigh?: (item: Item) => number;
  readonly maxWeight?: number;
  /** Calls at a time; what comes meanwhile waits, and makes the next batches larger. */
  readonly concurrency: number;
  /** Items that may wait; more are rejected. */
  readonly maxWaiting: number;
  /**
   * A call begins no sooner than this after the one before, so that what comes in a stream shares calls; after a pause it
   * begins at once.
   */
  readonly intervalMs: number;
  readonly clock: Clock;
}

/** Puts what is asked in one turn of the event loop, or while others are on their way, into one call. */
export class Batcher<Item, Result> {
  private readonly waiting: Waiting<Item, Result>[] = [];
  private running = 0;
  private scheduled = false;
  private lastCallAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: BatcherOptions<Item, Result>) {}

  add(item: Item): Promise<Result> {
    if (this.waiting.length >= this.options.maxWaiting) {
      return Promise.reject(new Error('too many requests wait'));
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.schedule();
    });
  }

  private schedule(): void {
    const { concurrency, intervalMs, clock } = this.options;
    if (this.scheduled || this.waiting.length === 0 || this.running >= concurrency) {
      return;
    }
    this.scheduled = true;
    const pause = this.lastCallAt + intervalMs - clock.monotonic();
    if (pause > 0) {
      clock.after(pause, () => this.flush());
    } else {
      setImmediate(() => this.flush());
    }
  }

  private flush(): void {
    this.scheduled = false;
    this.lastCallAt = this.options.clock.monotonic();
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
