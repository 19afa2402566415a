import type { LinkHandler, TokenAuthority } from '@mooring/amqp';
import { EventHubTokenAuthority } from './access/event-hub-token-authority.js';
import { EventHubsMetrics } from './event-hubs-metrics.js';
import type { EventHubsOptions } from './event-hubs-options.js';
import { managementNode } from './management/management-node.js';
import { PartitionOwnership } from './ownership/partition-ownership.js';
import { ReaderLease } from './ownership/reader-lease.js';
import { TakeOverChannel } from './ownership/take-over-channel.js';
import { ReceiverHandler } from './receiving/receiver-handler.js';

/** The name that connection strings give as EntityPath. */
export const ENTITY = 'events';

const DEFAULT_GROUP = '$Default';

/** The built-in endpoint: the topic of events, read as an event hub. It is carried by an `AmqpServer`. */
export class EventHubsEndpoint {
  private constructor(
    readonly authority: TokenAuthority,
    readonly handlers: readonly LinkHandler[],
    private readonly lease: ReaderLease,
    private readonly channel: TakeOverChannel,
  ) {}

  /** Rejects if the event log or the affinity store cannot be reached. */
  static async open(options: EventHubsOptions): Promise<EventHubsEndpoint> {
    const { log, affinity, clock, logger, topics, policies, hostnames } = options;
    const { partitions } = await log.describeTopic(topics.events);
    const failed = (error: unknown) => logger.error({ err: error }, 'The built-in endpoint failed');
    const channel = new TakeOverChannel({ log, controlTopic: topics.control, clock, logger });
    const lease = new ReaderLease({
      affinity,
      clock,
      logger,
      process: `${options.process}/event-hubs`,
      lapsed: () => void ownership.claimAgain().catch(failed),
    });
    const ownership: PartitionOwnership = new PartitionOwnership({ affinity, lease, channel, logger, entity: ENTITY });
    await lease.start();
    await channel.open((event) => ownership.takenOver(event));
    const shared = { entity: ENTITY, topic: topics.events, partitions, log, failed };
    const receivers = new ReceiverHandler({
      ...shared,
      consumerGroups: new Set([DEFAULT_GROUP, ...options.consumerGroups].map((group) => group.toLowerCase())),
      ownership,
      metrics: new EventHubsMetrics(options.metrics),
      clock,
    });
    const management = managementNode({ ...shared, createdAt: options.createdAt });
    const authority = new EventHubTokenAuthority({ policies, clock, hostnames });
    return new EventHubsEndpoint(authority, [management, receivers], lease, channel);
  }

  /** Lets go of what this process has claimed. Its links must be closed before. */
  async close(): Promise<void> {
    await this.channel.close();
    await this.lease.stop();
  }
}
