import type { LinkHandler, TokenAuthority } from '@mooring/amqp';
import { HubTokenAuthority } from './access/hub-token-authority.js';
import { FeedbackPoll } from './feedback/feedback-poll.js';
import { FeedbackSettler } from './feedback/feedback-settler.js';
import { ServiceAmqpMetrics } from './service-amqp-metrics.js';
import type { ServiceAmqpOptions } from './service-amqp-options.js';
import { ServiceLinkHandler } from './service-link-handler.js';

/** What back ends use of the hub over AMQP: messages to devices, and the feedback on them. It is carried by an `AmqpServer`. */
export class ServiceAmqp {
  private constructor(
    /** To be asked before that of the Event Hubs front, which takes every audience of the scheme `sb`. */
    readonly authorities: readonly TokenAuthority[],
    readonly handlers: readonly LinkHandler[],
    private readonly poll: FeedbackPoll,
    private readonly settler: FeedbackSettler,
  ) {}

  static open(options: ServiceAmqpOptions): ServiceAmqp {
    const metrics = new ServiceAmqpMetrics(options.metrics);
    const settler = new FeedbackSettler(options.c2dQueue, metrics);
    const poll = new FeedbackPoll({ ...options, settler, lockMs: options.feedbackLockMs });
    const links = new ServiceLinkHandler({ ...options, poll, settler, metrics });
    return new ServiceAmqp([new HubTokenAuthority(options)], [links], poll, settler);
  }

  /** Gives back what no link has taken. Its links must be closed before: they give back what they had left undecided. */
  async close(): Promise<void> {
    await this.poll.close();
    await this.settler.settled();
  }
}
