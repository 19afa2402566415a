import { LinkError } from '@mooring/amqp';
import { disconnectedBy, type Receiver } from './receiver.js';

/** As many receivers without owner level may read a partition of a group at once as with Azure. */
export const MAX_SHARED_RECEIVERS = 5;

/** The receivers that are attached to this process, by partition. */
export class LocalReceivers {
  private readonly partitions = new Map<string, Set<Receiver>>();

  /** @throws LinkError `amqp:resource-limit-exceeded` if too many share the partition already */
  add(receiver: Receiver): void {
    const others = this.partitions.get(receiver.partition) ?? new Set();
    const shared = [...others].filter(({ ownerLevel }) => ownerLevel === undefined).length;
    if (receiver.ownerLevel === undefined && shared >= MAX_SHARED_RECEIVERS) {
      throw new LinkError(
        'amqp:resource-limit-exceeded',
        `At most ${MAX_SHARED_RECEIVERS} receivers without owner level may read a partition of a consumer group.`,
      );
    }
    this.partitions.set(receiver.partition, others.add(receiver));
  }

  delete(receiver: Receiver): void {
    const others = this.partitions.get(receiver.partition);
    others?.delete(receiver);
    if (others?.size === 0) {
      this.partitions.delete(receiver.partition);
    }
  }

  /** Receivers with an owner level. */
  owners(): readonly Receiver[] {
    return [...this.partitions.values()].flatMap((all) =>
      [...all].filter(({ ownerLevel }) => ownerLevel !== undefined),
    );
  }

  /** Disconnects whoever has to go when `owner` has taken the partition, from `previous` or from nobody. */
  takenOver(
    partition: string,
    owner: { readonly id: string; readonly level: number; readonly previous: string },
  ): void {
    for (const receiver of [...(this.partitions.get(partition) ?? [])]) {
      const level = receiver.ownerLevel ?? Number.NEGATIVE_INFINITY;
      if (receiver.id !== owner.id && (level < owner.level || receiver.id === owner.previous)) {
        this.delete(receiver);
        receiver.disconnect(disconnectedBy(owner.level));
      }
    }
  }
}
