import type { Affinity, Owner } from '@mooring/affinity';
import { LinkError } from '@mooring/amqp';
import type { Logger } from '@mooring/observability';
import { LocalReceivers } from './local-receivers.js';
import type { ReaderLease } from './reader-lease.js';
import { disconnectedBy, type Receiver } from './receiver.js';
import type { TakeOverChannel } from './take-over-channel.js';

/** Below every owner level: asks who owns a partition without taking it from anybody. */
const NO_LEVEL = -1;

export interface PartitionOwnershipOptions {
  readonly affinity: Pick<Affinity, 'claimOwnership' | 'releaseOwnership'>;
  readonly lease: Pick<ReaderLease, 'process' | 'incarnation'>;
  readonly channel: Pick<TakeOverChannel, 'announce'>;
  readonly logger: Logger;
  /** Prefix of the claims' names: the entity. */
  readonly entity: string;
}

/**
 * Who may read a partition of a consumer group, in the whole cluster: one receiver with an owner level, the highest and,
 * among equals, the newest; or else some without.
 */
export class PartitionOwnership {
  private readonly local = new LocalReceivers();

  constructor(private readonly options: PartitionOwnershipOptions) {}

  /**
   * Admits a receiver and disconnects those that it displaces. Rejects with a LinkError: `amqp:link:stolen` if somebody has a
   * higher level, `amqp:resource-limit-exceeded` if too many share.
   */
  async admit(receiver: Receiver): Promise<void> {
    this.local.add(receiver);
    try {
      await (receiver.ownerLevel === undefined ? this.share(receiver) : this.take(receiver, receiver.ownerLevel));
    } catch (error) {
      this.local.delete(receiver);
      throw error;
    }
  }

  /** The receiver has left. Resolves when its claim is gone. */
  async leave(receiver: Receiver): Promise<void> {
    this.local.delete(receiver);
    if (receiver.ownerLevel !== undefined) {
      await this.options.affinity.releaseOwnership(this.nameOf(receiver.partition), receiver.id);
    }
  }

  /** A broadcast says that a partition has a new owner. */
  takenOver(event: {
    readonly partition: string;
    readonly receiver: string;
    readonly level: number;
    readonly previous: string;
  }): void {
    const prefix = `${this.options.entity}/`;
    if (event.partition.startsWith(prefix)) {
      const { receiver: id, level, previous } = event;
      this.local.takenOver(event.partition.slice(prefix.length), { id, level, previous });
    }
  }

  /** Claims again what was claimed under a lease that has lapsed; who has lost his partition meanwhile is disconnected. */
  async claimAgain(): Promise<void> {
    for (const receiver of this.local.owners()) {
      try {
        await this.take(receiver, receiver.ownerLevel ?? 0);
      } catch (error) {
        if (error instanceof LinkError) {
          this.local.delete(receiver);
          receiver.disconnect(error);
        } else {
          this.options.logger.warn({ err: error }, 'A partition could not be claimed again');
        }
      }
    }
  }

  private async take(receiver: Receiver, level: number): Promise<void> {
    const { affinity, channel } = this.options;
    const partition = this.nameOf(receiver.partition);
    const ownership = await affinity.claimOwnership(partition, this.owner(receiver.id, level)).catch(unreachable);
    if (!ownership.granted) {
      throw disconnectedBy(ownership.owner.level);
    }
    const previous = ownership.previous?.receiver ?? '';
    this.local.takenOver(receiver.partition, { id: receiver.id, level, previous });
    await channel.announce({ partition, receiver: receiver.id, level, previous });
  }

  private async share(receiver: Receiver): Promise<void> {
    const { affinity } = this.options;
    const partition = this.nameOf(receiver.partition);
    const ownership = await affinity.claimOwnership(partition, this.owner(receiver.id, NO_LEVEL)).catch(unreachable);
    if (!ownership.granted) {
      throw disconnectedBy(ownership.owner.level);
    }
    await affinity.releaseOwnership(partition, receiver.id);
  }

  private owner(receiver: string, level: number): Owner {
    const { process, incarnation } = this.options.lease;
    return { receiver, process, incarnation, level };
  }

  private nameOf(partition: string): string {
    return `${this.options.entity}/${partition}`;
  }
}

function unreachable(cause: unknown): never {
  const error = new LinkError(
    'com.microsoft:server-busy',
    'Who reads the partition cannot be found out now; try again.',
  );
  error.cause = cause;
  throw error;
}
