import { EventLogError } from '../errors.js';
import type { TopicSpec } from '../port.js';
import type { BlockStore, StoredState } from './block-store.js';
import { PartitionLog } from './partition-log.js';

/** A topic that exists in the store. */
export class Topic {
  readonly partitions: readonly PartitionLog[];

  constructor(
    readonly id: number,
    public spec: TopicSpec,
    store: BlockStore,
  ) {
    this.partitions = Array.from(
      { length: spec.partitions },
      (_, partition) => new PartitionLog({ topic: spec.name, topicId: id, partition }, store),
    );
  }

  /** @throws EventLogError if the topic has no such partition */
  partition(partition: number): PartitionLog {
    const found = this.partitions[partition];
    if (found === undefined) {
      throw new EventLogError(`Topic ${this.spec.name} has no partition ${partition}.`);
    }
    return found;
  }
}

export function topicState(id: number, spec: TopicSpec): StoredState {
  return {
    key: ['topic', spec.name],
    value: { v: 1, id, partitions: spec.partitions, retentionMs: spec.retentionMs },
  };
}

/** Id and specification of each topic in the store. */
export function storedTopics(store: BlockStore): { id: number; spec: TopicSpec }[] {
  return store.states('topic').map(({ key, value }) => ({
    id: Number(value['id']),
    spec: {
      name: String(key[1]),
      partitions: Number(value['partitions']),
      retentionMs: Number(value['retentionMs']),
    },
  }));
}
