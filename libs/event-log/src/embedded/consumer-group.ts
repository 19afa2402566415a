import type { Clock } from '@mooring/clock';
import type { BatchHandler } from '../port.js';
import { GroupWorker } from '../reading/group-worker.js';
import type { BlockStore, StoredState } from './block-store.js';
import type { PartitionLog } from './partition-log.js';
import { EmbeddedReader } from './partition-reader.js';
import type { Topic } from './topic.js';

export interface GroupMember {
  readonly handler: BatchHandler;
  readonly maxRecords: number;
}

export interface GroupContext {
  readonly store: BlockStore;
  readonly clock: Clock;
  /** Writes a position of the group; see `GroupCommit.put`. */
  readonly put: (state: StoredState) => Promise<void>;
}

/** A group on one topic: its members share the partitions among them, its positions live in the store. */
export class ConsumerGroup {
  private readonly members: GroupMember[] = [];
  private readonly workers = new Map<PartitionLog, { readonly member: GroupMember; readonly worker: GroupWorker }>();
  private readonly positions = new Map<PartitionLog, number>();
  private changes: Promise<void> = Promise.resolve();

  constructor(
    private readonly topic: Topic,
    private readonly group: string,
    private readonly context: GroupContext,
  ) {}

  /** @param from where partitions start that the group has never committed */
  join(member: GroupMember, from: 'earliest' | 'latest'): Promise<void> {
    this.members.push(member);
    return this.change(async () => {
      await this.loadPositions(from);
      await this.share();
    });
  }

  leave(member: GroupMember): Promise<void> {
    const index = this.members.indexOf(member);
    if (index >= 0) {
      this.members.splice(index, 1);
    }
    return this.change(() => this.share());
  }

  /** One change at a time, each on the members as they then are. */
  private change(action: () => Promise<void>): Promise<void> {
    const done = this.changes.then(action);
    this.changes = done.catch(() => undefined);
    return done;
  }

  private async loadPositions(from: 'earliest' | 'latest'): Promise<void> {
    const first: Promise<void>[] = [];
    for (const partition of this.topic.partitions) {
      if (!this.positions.has(partition)) {
        const stored = this.context.store.getState(this.positionKey(partition));
        const offset = stored === undefined ? partition.offsetAt(from) : Number(stored['offset']);
        this.positions.set(partition, offset);
        if (stored === undefined) {
          // Kept at once: after a restart, "latest" must not skip what was appended in between.
          first.push(this.commit(partition, offset));
        }
      }
    }
    await Promise.all(first);
  }

  private async share(): Promise<void> {
    const wanted = this.topic.partitions.map((_, i) => this.members[i % Math.max(1, this.members.length)]);
    const moved = this.topic.partitions.filter((partition, i) => this.workers.get(partition)?.member !== wanted[i]);
    await Promise.all(moved.map((partition) => this.workers.get(partition)?.worker.stop()));
    for (const partition of moved) {
      const member = wanted[partition.name.partition];
      if (member === undefined) {
        this.workers.delete(partition);
      } else {
        this.workers.set(partition, { member, worker: this.start(partition, member) });
      }
    }
  }

  private start(partition: PartitionLog, member: GroupMember): GroupWorker {
    const { handler, maxRecords } = member;
    const commit = (offset: number): Promise<void> => this.commit(partition, offset);
    const { clock } = this.context;
    const reader = new EmbeddedReader(partition, this.positions.get(partition) ?? 0);
    return new GroupWorker(reader, { handler, maxRecords, clock, commit });
  }

  private commit(partition: PartitionLog, offset: number): Promise<void> {
    this.positions.set(partition, offset);
    return this.context.put({ key: this.positionKey(partition), value: { v: 1, offset } });
  }

  private positionKey(partition: PartitionLog): StoredState['key'] {
    return ['group', this.group, this.topic.id, partition.name.partition];
  }
}
