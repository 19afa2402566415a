import type { Clock } from '@mooring/clock';
import { HubError } from '@mooring/errors';
import { FairBucket, type Limit } from './fair-bucket/fair-bucket.js';
import type { ThrottleName } from './throttle-limits.js';

export interface ThrottleOptions {
  readonly name: ThrottleName;
  readonly limit: Limit;
  /** How long what is beyond it waits before it is refused. */
  readonly backlogMs: number;
  readonly clock: Clock;
}

/** What becomes of something that was to wait. */
export interface Outcome {
  admitted(): void;
  refused(): void;
}

/** One limit, as all who are bound by it use it. Senders are identities, or policies of back ends. */
export class Throttle {
  readonly bucket: FairBucket;
  private delayedCount = 0;
  private refusedCount = 0;

  constructor(private readonly options: ThrottleOptions) {
    this.bucket = new FairBucket(options);
  }

  get name(): ThrottleName {
    return this.options.name;
  }

  /** Of the whole hub. */
  get limit(): Limit {
    return this.options.limit;
  }

  /** What had to wait. */
  get delayed(): number {
    return this.delayedCount;
  }

  /** What has waited for too long. */
  get refused(): number {
    return this.refusedCount;
  }

  /** @returns false if it is beyond the limit: nothing is taken, and it has to `wait` */
  take(sender: string, cost: number): boolean {
    return this.bucket.take(sender, cost);
  }

  /**
   * Waits behind what of the same sender waits.
   *
   * @param since by the monotonic clock: when it came here; it is refused when it has waited for too long from then on
   */
  wait(sender: string, { cost, since }: { readonly cost: number; readonly since: number }, outcome: Outcome): void {
    const { backlogMs, clock } = this.options;
    const deadline = since + backlogMs;
    if (deadline <= clock.monotonic() || this.isFull(sender)) {
      this.refusedCount++;
      outcome.refused();
      return;
    }
    this.delayedCount++;
    this.bucket.wait(sender, {
      cost,
      deadline,
      admitted: () => outcome.admitted(),
      refused: () => {
        this.refusedCount++;
        outcome.refused();
      },
    });
  }

  /** Resolves when it may go on. @throws HubError `ThrottlingException` if it has waited for too long */
  admit(sender: string, cost = 1): Promise<void> {
    if (this.take(sender, cost)) {
      return ADMITTED;
    }
    return new Promise((resolve, reject) => {
      const request = { cost, since: this.options.clock.monotonic() };
      this.wait(sender, request, { admitted: resolve, refused: () => reject(this.error()) });
    });
  }

  /** Whether so much of a sender waits that more would wait in vain, had it all of the limit. */
  private isFull(sender: string): boolean {
    const inTime = (this.bucket.perSecond * this.options.backlogMs) / 1_000;
    return this.bucket.waitingOf(sender) >= Math.max(1, inTime);
  }

  private error(): HubError {
    const { name, backlogMs } = this.options;
    const message = `The limit of ${name} is exceeded: send less, or try again later.`;
    return new HubError('ThrottlingException', message, { retryAfterSeconds: Math.ceil(backlogMs / 1_000) });
  }
}

const ADMITTED = Promise.resolve();
