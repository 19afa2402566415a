import type { Clock, Timer } from '@mooring/clock';
import { HubError } from '@mooring/errors';
import type { Logger, Metrics } from '@mooring/observability';
import type { monitoring } from '@mooring/proto';
import { measureQuota } from './quota-metrics.js';

export interface DailyQuotaOptions {
  /** Messages of 4 KB a day, of the whole hub. */
  readonly limit: number;
  /** Name of this process; `incarnation` tells its lives apart. */
  readonly process: string;
  readonly incarnation: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

type QuotaOwner = Pick<monitoring.MonitoringService, 'reportUsage'>;

const BLOCK_BYTES = 4 * 1_024;
const DAY_MS = 86_400_000;
export const REPORT_MS = 1_000;

/** What a message counts, by the bytes of its body: blocks of 4 KB. */
export function meteredMessages(bytes: number): number {
  return bytes <= BLOCK_BYTES ? 1 : Math.ceil(bytes / BLOCK_BYTES);
}

/**
 * The hub's quota of messages a UTC day, as one process meets it: it counts what it takes, tells its owner, and hears what the
 * whole hub has taken. No message waits for that; while the owner is away, it goes on by what it knows.
 */
export class DailyQuota {
  private day: number;
  /** Taken here on `day`, in all: what is told twice counts once. */
  private own = 0;
  private others = 0;
  private left: number;
  private refusedCount = 0;
  private owner: QuotaOwner | undefined;
  private timer: Timer | undefined;
  private reporting: Promise<void> | undefined;
  private isOwnerAway = false;

  private constructor(private readonly options: DailyQuotaOptions) {
    this.day = this.today();
    this.left = options.limit;
  }

  /** Undefined if there is no limit. */
  static open(
    options: Omit<DailyQuotaOptions, 'limit'> & { readonly limit: number | undefined },
  ): DailyQuota | undefined {
    const { limit } = options;
    const quota = limit === undefined ? undefined : new DailyQuota({ ...options, limit });
    measureQuota(quota, options.metrics);
    return quota;
  }

  /** Of the hub, today, as far as it is known here. */
  get used(): number {
    return this.others + this.own;
  }

  /** Messages that were refused here. */
  get refused(): number {
    return this.refusedCount;
  }

  /** @param messages as metered @returns false if the quota is used up: nothing is taken */
  take(messages: number): boolean {
    if (this.left <= 0) {
      this.refusedCount += messages;
      return false;
    }
    this.left -= messages;
    this.own += messages;
    return true;
  }

  /** @throws HubError `IotHubQuotaExceeded` if the quota is used up */
  admit(messages: number): void {
    if (!this.take(messages)) {
      throw new HubError('IotHubQuotaExceeded', 'The hub has taken as many messages today as it may.');
    }
  }

  /** Hears what the hub has taken before, if its owner is there, and begins to tell. */
  async start(owner: QuotaOwner): Promise<void> {
    this.owner = owner;
    this.timer = this.options.clock.every(REPORT_MS, () => this.tick());
    await this.report();
  }

  /** Tells for the last time. */
  async stop(): Promise<void> {
    this.timer?.cancel();
    await this.reporting;
    await this.report();
  }

  private tick(): void {
    const today = this.today();
    // A clock that is set back over midnight does not give a day's quota again; one that was far ahead is followed.
    if (today > this.day || today < this.day - 1) {
      this.day = today;
      this.own = 0;
      this.others = 0;
      this.left = this.options.limit;
    }
    void this.report();
  }

  private report(): Promise<void> {
    this.reporting ??= this.exchange().finally(() => {
      this.reporting = undefined;
    });
    return this.reporting;
  }

  private async exchange(): Promise<void> {
    const { process, incarnation, logger } = this.options;
    const { day, own } = this;
    try {
      const answer = await this.owner?.reportUsage({ process, incarnation, day, messages: own });
      this.isOwnerAway = false;
      if (answer !== undefined && day === this.day) {
        this.others = Math.max(0, answer.totalMessages - own);
        this.left = this.options.limit - this.used;
      }
    } catch (error) {
      if (!this.isOwnerAway) {
        this.isOwnerAway = true;
        logger.warn({ err: error }, 'the daily quota goes on by what is known here');
      }
    }
  }

  private today(): number {
    return Math.floor(this.options.clock.now() / DAY_MS);
  }
}
