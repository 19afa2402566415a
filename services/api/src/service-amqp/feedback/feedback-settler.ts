import type { Outcome } from '@mooring/amqp';
import { isHubError } from '@mooring/errors';
import { c2dqueue } from '@mooring/proto';
import type { ServiceAmqpMetrics } from '../service-amqp-metrics.js';

const OUTCOMES = {
  accepted: c2dqueue.Outcome.COMPLETE,
  rejected: c2dqueue.Outcome.REJECT,
  released: c2dqueue.Outcome.ABANDON,
  modified: c2dqueue.Outcome.ABANDON,
} as const satisfies Record<Outcome, c2dqueue.Outcome>;

/** Tells the queue what became of feedback, and knows what is still to be told. */
export class FeedbackSettler {
  private readonly pending = new Set<Promise<void>>();

  constructor(
    private readonly c2dQueue: Pick<c2dqueue.C2dQueueService, 'settleFeedback'>,
    private readonly metrics: ServiceAmqpMetrics,
  ) {}

  /** Rejects with the queue's error: `DeviceMessageLockLost` if it is too late. */
  async settle(lockToken: Buffer, outcome: Outcome): Promise<void> {
    const told = this.tell(lockToken, outcome);
    this.pending.add(told);
    try {
      await told;
    } finally {
      this.pending.delete(told);
    }
  }

  /** Resolves when all that was to be told so far is, or has failed. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.pending);
  }

  private async tell(lockToken: Buffer, outcome: Outcome): Promise<void> {
    try {
      await this.c2dQueue.settleFeedback({ lockToken, outcome: OUTCOMES[outcome] });
      this.metrics.feedback.inc({ outcome });
    } catch (error) {
      const lost = isHubError(error) && error.error === 'DeviceMessageLockLost';
      this.metrics.feedback.inc({ outcome: lost ? 'lost' : 'failed' });
      throw error;
    }
  }
}
