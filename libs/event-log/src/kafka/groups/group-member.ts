import type { Clock } from '@mooring/clock';
import { EventLogError } from '../../errors.js';
import type { BatchHandler, PartitionReader, Subscription } from '../../port.js';
import { GroupWorker } from '../../reading/group-worker.js';
import type { GroupCoordinator, Membership } from './group-coordinator.js';

/** How soon a member learns that the group is shared out anew. */
const HEARTBEAT_MS = 500;
/** How long what the handler has done may stay uncommitted. */
const COMMIT_MS = 100;
const PAUSE_MS = 300;

export interface GroupMemberOptions {
  readonly coordinator: GroupCoordinator;
  readonly clock: Clock;
  readonly handler: BatchHandler;
  readonly maxRecords: number;
  /** Where a partition starts that the group has never committed. */
  readonly initialOffset: (partition: number) => Promise<number>;
  readonly read: (partition: number, offset: number) => Promise<PartitionReader>;
}

/** A member of a consumer group: joins, consumes what it is given, and joins again when the group changes. */
export class GroupMember implements Subscription {
  /** Resolves when it consumes for the first time. */
  readonly begun: Promise<void>;
  private readonly finished: Promise<void>;
  private closed = false;
  /** A join lasts until all other members have joined, too. */
  private joining = false;
  private wake: (() => void) | undefined;
  private begin: (() => void) | undefined;

  constructor(private readonly options: GroupMemberOptions) {
    let fail: (error: Error) => void;
    this.begun = new Promise((resolve, reject) => {
      this.begin = resolve;
      fail = reject;
    });
    this.begun.catch(() => undefined);
    this.finished = this.run().then(() => fail(new EventLogError('The member was closed before it could join.')));
  }

  async close(): Promise<void> {
    this.closed = true;
    this.wake?.();
    if (this.joining) {
      this.options.coordinator.close();
    }
    await this.finished;
  }

  private async run(): Promise<void> {
    while (!this.closed) {
      try {
        this.joining = true;
        const membership = await this.options.coordinator.join();
        this.joining = false;
        await this.consume(membership);
      } catch {
        this.joining = false;
        // The coordinator moves, starts, or cannot be reached: joined again after a pause.
        await this.sleep(PAUSE_MS);
      }
    }
    await this.options.coordinator.leave();
  }

  /** Until the group is to be joined again. */
  private async consume(membership: Membership): Promise<void> {
    const { coordinator } = this.options;
    const commits = new Commits((offsets) => coordinator.commit(membership, offsets));
    const workers: GroupWorker[] = [];
    try {
      const starts = await this.starts(membership);
      for (const [partition, offset] of starts) {
        workers.push(await this.startWorker(partition, offset, commits));
      }
      this.begin?.();
      while (!this.closed) {
        await this.sleep(COMMIT_MS);
        await commits.flush();
        if (commits.sinceFlush >= HEARTBEAT_MS / COMMIT_MS) {
          commits.sinceFlush = 0;
          await coordinator.heartbeat(membership);
        }
      }
    } finally {
      await Promise.all(workers.map((worker) => worker.stop()));
      await commits.flush().catch(() => undefined);
    }
  }

  private async starts(membership: Membership): Promise<Map<number, number>> {
    const { partitions } = membership;
    const { coordinator, initialOffset } = this.options;
    const starts = partitions.length > 0 ? await coordinator.committed(partitions) : new Map<number, number>();
    const first = new Map<number, number>();
    for (const partition of partitions.filter((one) => !starts.has(one))) {
      first.set(partition, await initialOffset(partition));
    }
    if (first.size > 0) {
      // Kept at once: after a restart, "latest" must not skip what was appended in between.
      await coordinator.commit(membership, first);
    }
    return new Map([...starts, ...first]);
  }

  private async startWorker(partition: number, offset: number, commits: Commits): Promise<GroupWorker> {
    const { clock, handler, maxRecords } = this.options;
    const reader = await this.options.read(partition, offset);
    const commit = async (next: number): Promise<void> => commits.add(partition, next);
    return new GroupWorker(reader, { clock, handler, maxRecords, commit });
  }

  private sleep(ms: number): Promise<void> {
    if (this.closed) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const timer = this.options.clock.after(ms, resolve);
      this.wake = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}

/** Positions on their way to the coordinator; of each partition only the newest. */
class Commits {
  sinceFlush = 0;
  private offsets = new Map<number, number>();

  constructor(private readonly send: (offsets: ReadonlyMap<number, number>) => Promise<void>) {}

  add(partition: number, offset: number): void {
    this.offsets.set(partition, offset);
  }

  async flush(): Promise<void> {
    this.sinceFlush++;
    if (this.offsets.size > 0) {
      const { offsets } = this;
      this.offsets = new Map();
      await this.send(offsets);
    }
  }
}
