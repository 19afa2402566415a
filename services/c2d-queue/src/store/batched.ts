import { HubError } from '@mooring/errors';

export interface BatchedOptions<I, O> {
  /** Answers in the order of the items. */
  readonly run: (items: readonly I[]) => Promise<readonly O[]>;
  readonly maxItems: number;
  /** Batches on their way at a time; what comes meanwhile makes up the next ones. */
  readonly maxRunning: number;
  /** Items beyond are refused. */
  readonly maxWaiting: number;
}

interface Waiting<I, O> {
  readonly item: I;
  readonly resolve: (answer: O) => void;
  readonly reject: (error: unknown) => void;
}

/** Lets items that come at about the same time share a call. One that comes alone waits for nothing. */
export class Batched<I, O> {
  private readonly waiting: Waiting<I, O>[] = [];
  private running = 0;
  private isScheduled = false;

  constructor(private readonly options: BatchedOptions<I, O>) {}

  /** @throws HubError `ServiceUnavailable` if too many wait */
  async add(item: I): Promise<O> {
    if (this.waiting.length >= this.options.maxWaiting) {
      throw new HubError('ServiceUnavailable', 'There is too much to do at a time; try again.');
    }
    const { promise, resolve, reject } = Promise.withResolvers<O>();
    this.waiting.push({ item, resolve, reject });
    this.schedule();
    return promise;
  }

  private schedule(): void {
    if (!this.isScheduled) {
      this.isScheduled = true;
      queueMicrotask(() => {
        this.isScheduled = false;
        this.begin();
      });
    }
  }

  private begin(): void {
    while (this.waiting.length > 0 && this.running < this.options.maxRunning) {
      this.running += 1;
      void this.carryOut(this.waiting.splice(0, this.options.maxItems));
    }
  }

  private async carryOut(batch: readonly Waiting<I, O>[]): Promise<void> {
    try {
      const answers = await this.options.run(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => {
        // `run` gives an answer for each item; O may include undefined.
        resolve(answers[index] as O);
      });
    } catch (error) {
      for (const { reject } of batch) {
        reject(error);
      }
    } finally {
      this.running -= 1;
      this.schedule();
    }
  }
}
