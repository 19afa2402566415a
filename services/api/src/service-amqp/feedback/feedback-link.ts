import {
  encodeRejected,
  isMeantForClients,
  type Outcome,
  type OutgoingLink,
  type SourceEndpoint,
  toAmqpError,
} from '@mooring/amqp';
import type { Logger } from '@mooring/observability';
import type { c2dqueue } from '@mooring/proto';
import { encodeFeedback } from './encode-feedback.js';
import type { FeedbackConsumer, FeedbackPoll } from './feedback-poll.js';
import type { FeedbackSettler } from './feedback-settler.js';

/** Batches that a client may leave undecided; it gets no more until it decides. */
const MAX_UNDECIDED = 100;

export interface FeedbackLinkOptions {
  readonly poll: FeedbackPoll;
  readonly settler: FeedbackSettler;
  readonly hubName: string;
  /** The client takes what it gets as decided (snd-settle-mode settled). */
  readonly presettled: boolean;
  readonly logger: Logger;
}

/** The hub's end of a link on which a back end receives feedback on the messages that were sent to devices. */
export class FeedbackLink implements SourceEndpoint, FeedbackConsumer {
  readonly kind = 'source';
  /** Lock tokens by the ids of the deliveries. */
  private readonly undecided = new Map<number, Buffer>();
  private link: OutgoingLink | undefined;

  constructor(private readonly options: FeedbackLinkOptions) {}

  opened(link: OutgoingLink): void {
    this.link = link;
    this.options.poll.add(this);
  }

  sendable(): void {
    this.options.poll.wake();
  }

  wants(): boolean {
    return this.undecided.size < MAX_UNDECIDED && this.link?.sendable() === true;
  }

  take(batch: c2dqueue.ReceiveFeedbackResponse): void {
    const { link } = this;
    const message = encodeFeedback(batch, this.options.hubName);
    if (link === undefined) {
      this.settle(batch.lockToken, 'released');
    } else if (this.options.presettled) {
      link.sendSettled(message);
      this.settle(batch.lockToken, 'accepted');
    } else {
      const id = link.send(message, batch.lockToken);
      if (id < 0) {
        // Too large for this client, whose link has ended with that.
        this.settle(batch.lockToken, 'released');
      } else {
        this.undecided.set(id, batch.lockToken);
      }
    }
  }

  outcome({ id }: { readonly id: number }, outcome: Outcome): void {
    const lockToken = this.undecided.get(id);
    if (lockToken !== undefined) {
      this.undecided.delete(id);
      this.settle(lockToken, outcome, id);
      this.options.poll.wake();
    }
  }

  closed(): void {
    this.options.poll.remove(this);
    this.link = undefined;
    for (const lockToken of this.undecided.values()) {
      this.settle(lockToken, 'released');
    }
    this.undecided.clear();
  }

  /** @param id of the delivery, if its client may wait to hear that its decision stands (rcv-settle-mode second) */
  private settle(lockToken: Buffer, outcome: Outcome, id?: number): void {
    this.options.settler
      .settle(lockToken, outcome)
      // Accepted whatever the outcome: .NET's client takes any other answer for a failure.
      .then(() => this.answer(id, 'accepted'))
      .catch((error: unknown) => {
        const told = toAmqpError(error);
        if (!isMeantForClients(error)) {
          const trackingId = told.info['com.microsoft:tracking-id'];
          this.options.logger.error({ err: error, trackingId }, 'Feedback could not be settled');
        }
        this.answer(id, { rejected: encodeRejected(told) });
      });
  }

  private answer(id: number | undefined, answer: Parameters<OutgoingLink['settle']>[1]): void {
    if (id !== undefined) {
      this.link?.settle(id, answer);
    }
  }
}
