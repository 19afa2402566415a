import type { Clock, Timer } from '@mooring/clock';
import type { Logger } from '@mooring/observability';
import type { c2dqueue } from '@mooring/proto';
import type { FeedbackSettler } from './feedback-settler.js';

/** Feedback comes in batches of up to 15 s anyway. */
const PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 15_000;

/** Whoever feedback can be given to. */
export interface FeedbackConsumer {
  /** Whether it takes a batch now. */
  wants(): boolean;
  /** Called only while it wants one; the batch is then its own to settle. */
  take(batch: c2dqueue.ReceiveFeedbackResponse): void;
}

export interface FeedbackPollOptions {
  readonly c2dQueue: Pick<c2dqueue.C2dQueueService, 'receiveFeedback'>;
  readonly settler: FeedbackSettler;
  readonly lockMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Asks the queue for feedback while anybody wants some: one question at a time for the whole process, however many links wait,
 * and none for a while after one that found nothing. Those who want some get it in turn.
 */
export class FeedbackPoll {
  /** In the order of their turns. */
  private readonly consumers = new Set<FeedbackConsumer>();
  private asking: Promise<void> | undefined;
  private pause: Timer | undefined;
  private pauseMs = PAUSE_MS;
  private closed = false;

  constructor(private readonly options: FeedbackPollOptions) {}

  add(consumer: FeedbackConsumer): void {
    this.consumers.add(consumer);
  }

  remove(consumer: FeedbackConsumer): void {
    this.consumers.delete(consumer);
  }

  /** Somebody may want feedback now. */
  wake(): void {
    if (this.closed || this.asking !== undefined || this.pause !== undefined || this.next() === undefined) {
      return;
    }
    this.asking = this.ask().finally(() => {
      this.asking = undefined;
      this.wake();
    });
  }

  /** Asks no more; what was asked for last is given back. */
  async close(): Promise<void> {
    this.closed = true;
    this.pause?.cancel();
    await this.asking;
  }

  private next(): FeedbackConsumer | undefined {
    for (const consumer of this.consumers) {
      if (consumer.wants()) {
        return consumer;
      }
    }
    return undefined;
  }

  private async ask(): Promise<void> {
    try {
      const batch = await this.options.c2dQueue.receiveFeedback({ lockMs: this.options.lockMs });
      if (batch.lockToken.length === 0) {
        this.wait(PAUSE_MS);
      } else {
        await this.give(batch);
      }
      this.pauseMs = PAUSE_MS;
    } catch (error) {
      this.options.logger.warn({ err: error }, 'Feedback cannot be received');
      this.wait(this.pauseMs);
      this.pauseMs = Math.min(this.pauseMs * 2, MAX_PAUSE_MS);
    }
  }

  private async give(batch: c2dqueue.ReceiveFeedbackResponse): Promise<void> {
    const consumer = this.closed ? undefined : this.next();
    if (consumer === undefined) {
      // Who wanted it has gone in the meantime.
      await this.options.settler.settle(batch.lockToken, 'released');
      return;
    }
    this.consumers.delete(consumer);
    this.consumers.add(consumer);
    consumer.take(batch);
  }

  private wait(ms: number): void {
    this.pause = this.options.clock.after(ms, () => {
      this.pause = undefined;
      this.wake();
    });
  }
}
