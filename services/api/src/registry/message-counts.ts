import type { Clock } from '@mooring/clock';
import { Counter, type Logger, type Metrics } from '@mooring/observability';
import type { c2dqueue, identity } from '@mooring/proto';
import { inTime } from './in-time.js';

export interface MessageCountsOptions {
  readonly c2dQueue: Pick<c2dqueue.C2dQueueService, 'count'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** How many cloud-to-device messages wait for identities. While the queues are away, or slow, 0 is shown, and counted. */
export class MessageCounts {
  private readonly missing: Counter;

  constructor(private readonly options: MessageCountsOptions) {
    this.missing = new Counter({
      name: 'mooring_api_message_counts_missing_total',
      help: 'Registry answers without message counts, since the queues did not give them.',
      registers: [options.metrics],
    });
  }

  /** In the order of the keys; none at all if they are not known. */
  async of(keys: readonly identity.IdentityKey[]): Promise<readonly number[]> {
    const { c2dQueue, clock, logger } = this.options;
    try {
      return (await inTime(clock, c2dQueue.count({ keys: [...keys] }))).counts;
    } catch (error) {
      this.missing.inc();
      logger.debug({ err: error }, 'the message counts are not known');
      return [];
    }
  }
}
