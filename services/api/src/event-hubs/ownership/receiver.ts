import { LinkError } from '@mooring/amqp';

/** A receiver of a partition, as the others of its group see it. */
export interface Receiver {
  /** Unique among all receivers of the cluster. */
  readonly id: string;
  /** `group/partition`, the same in all processes. */
  readonly partition: string;
  /** Undefined: it shares the partition with others that have none. */
  readonly ownerLevel: number | undefined;
  /** Detaches it, or ends its attaching. */
  disconnect(error: LinkError): void;
}

/** What Event Hubs clients take for "somebody else reads now" (ReceiverDisconnected); they do not try again by themselves. */
export function disconnectedBy(level: number): LinkError {
  return new LinkError(
    'amqp:link:stolen',
    `A receiver with owner level ${level} reads this partition; receivers with none or a lower one are disconnected.`,
  );
}
