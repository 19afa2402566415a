import { mkdirSync } from 'node:fs';
import type { Clock, Timer } from '@mooring/clock';
import { SystemClock } from '@mooring/clock';
import type { AppendLimits } from '../appending/back-pressure.js';
import { EventLogError } from '../errors.js';
import type {
  Appender,
  BatchHandler,
  ConsumeOptions,
  EventLog,
  LogDeficiency,
  PartitionDescription,
  PartitionReader,
  Position,
  StoredRecord,
  Subscription,
  TopicDescription,
  TopicSpec,
} from '../port.js';
import { Follower } from '../reading/follower.js';
import { BlockStore } from './block-store.js';
import { ConsumerGroup } from './consumer-group.js';
import { DirectoryLock } from './directory-lock.js';
import { EmbeddedAppender } from './embedded-appender.js';
import { type FlushGate, GroupCommit } from './group-commit.js';
import { EmbeddedReader } from './partition-reader.js';
import { removeBefore } from './retention.js';
import { storedTopics, Topic, topicState } from './topic.js';

export interface EmbeddedEventLogOptions {
  /** Where the log lives; made if it does not exist. */
  readonly directory: string;
  readonly clock?: Clock;
  /** What may be outstanding per topic; 20,000 records and 32 MiB if not given. */
  readonly limits?: AppendLimits;
  /** How often old records are looked for; one minute if not given. */
  readonly retentionSweepMs?: number;
  /** From the start of one flush to that of the next, at least; 2 if not given. A flush after a pause begins at once. */
  readonly flushIntervalMs?: number;
  readonly flushGate?: FlushGate;
}

const DEFAULT_LIMITS: AppendLimits = { records: 20_000, bytes: 32 * 1024 * 1024 };
const DEFAULT_FLUSH_INTERVAL_MS = 2;
const DEFAULT_SWEEP_MS = 60_000;
const DEFAULT_MAX_RECORDS = 500;

/** The event log on this machine's disk, for one process. */
export class EmbeddedEventLog implements EventLog {
  private readonly topics = new Map<string, Topic>();
  private readonly appenders = new Map<string, EmbeddedAppender>();
  private readonly groups = new Map<string, ConsumerGroup>();
  /** What `close` must end. */
  private readonly open = new Set<{ close(): Promise<void> }>();
  private readonly commits: GroupCommit;
  private readonly clock: Clock;
  private readonly sweeps: Timer;
  private sweepError: Error | undefined;
  private sweeping: Promise<void> | undefined;
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly options: EmbeddedEventLogOptions,
    private readonly lock: DirectoryLock,
    private readonly store: BlockStore,
  ) {
    this.clock = options.clock ?? new SystemClock();
    this.commits = new GroupCommit(store, this.clock, {
      intervalMs: options.flushIntervalMs ?? DEFAULT_FLUSH_INTERVAL_MS,
      gate: options.flushGate,
    });
    for (const { id, spec } of storedTopics(store)) {
      this.topics.set(spec.name, new Topic(id, spec, store));
    }
    this.sweeps = this.clock.every(options.retentionSweepMs ?? DEFAULT_SWEEP_MS, () => {
      this.sweeping ??= this.sweep();
    });
  }

  /** @throws EventLogError if another process, or another log of this one, has the directory open */
  static async open(options: EmbeddedEventLogOptions): Promise<EmbeddedEventLog> {
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    const lock = DirectoryLock.acquire(options.directory);
    try {
      return new EmbeddedEventLog(options, lock, new BlockStore(options.directory));
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    let nextId = Math.max(0, ...[...this.topics.values()].map((topic) => topic.id)) + 1;
    const changed: Topic[] = [];
    for (const spec of specs) {
      const known = this.topics.get(spec.name);
      if (known === undefined) {
        changed.push(new Topic(nextId++, spec, this.store));
      } else if (known.spec.retentionMs !== spec.retentionMs) {
        known.spec = { ...known.spec, retentionMs: spec.retentionMs };
        changed.push(known);
      }
    }
    await Promise.all(changed.map((topic) => this.commits.put(topicState(topic.id, topic.spec))));
    for (const topic of changed) {
      this.topics.set(topic.spec.name, topic);
    }
  }

  appender(name: string): Appender {
    const known = this.appenders.get(name);
    if (known !== undefined) {
      return known;
    }
    const limits = this.options.limits ?? DEFAULT_LIMITS;
    const appender = new EmbeddedAppender(this.topic(name).partitions, limits, this.commits.request);
    this.commits.add(appender);
    this.appenders.set(name, appender);
    return appender;
  }

  async describeTopic(name: string): Promise<TopicDescription> {
    return { name, partitions: this.topic(name).spec.partitions };
  }

  async describePartition(name: string, partition: number): Promise<PartitionDescription> {
    return this.topic(name).partition(partition).describe();
  }

  async read(name: string, partition: number, from: Position): Promise<PartitionReader> {
    const log = this.topic(name).partition(partition);
    const reader = new EmbeddedReader(log, log.offsetAt(from));
    const close = (): Promise<void> => {
      this.open.delete(reader);
      return reader.close();
    };
    this.open.add(reader);
    return { next: (maxRecords) => reader.next(maxRecords), close };
  }

  async consume(options: ConsumeOptions, handler: BatchHandler): Promise<Subscription> {
    const group = this.group(options);
    const member = { handler, maxRecords: options.maxRecords ?? DEFAULT_MAX_RECORDS };
    await group.join(member, options.from);
    return this.subscription(() => group.leave(member));
  }

  async follow(name: string, handler: (record: StoredRecord) => void): Promise<Subscription> {
    const readers = this.topic(name).partitions.map((log) => new EmbeddedReader(log, log.nextOffset));
    const follower = new Follower(readers, handler);
    return this.subscription(() => follower.close());
  }

  async deficiencies(): Promise<readonly LogDeficiency[]> {
    const found: LogDeficiency[] = [];
    if (this.commits.lastError !== undefined) {
      found.push({ severity: 'unavailable', message: this.commits.lastError.message });
    }
    if (this.sweepError !== undefined) {
      found.push({ severity: 'weak', message: `Old records could not be removed: ${this.sweepError.message}` });
    }
    return found;
  }

  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    this.sweeps.cancel();
    for (const appender of this.appenders.values()) {
      appender.close();
    }
    await Promise.all([...this.open].map((part) => part.close()));
    await this.sweeping;
    await this.commits.close();
    await this.store.close();
    this.lock.release();
  }

  private topic(name: string): Topic {
    const topic = this.topics.get(name);
    if (topic === undefined || this.closing !== undefined) {
      throw new EventLogError(topic === undefined ? `There is no topic ${name}.` : 'The event log is closed.');
    }
    return topic;
  }

  private group(options: ConsumeOptions): ConsumerGroup {
    const topic = this.topic(options.topic);
    const id = JSON.stringify([options.group, topic.id]);
    let group = this.groups.get(id);
    if (group === undefined) {
      const put = this.commits.put.bind(this.commits);
      group = new ConsumerGroup(topic, options.group, { store: this.store, clock: this.clock, put });
      this.groups.set(id, group);
    }
    return group;
  }

  private subscription(end: () => Promise<void>): Subscription {
    const subscription = {
      close: (): Promise<void> => {
        this.open.delete(subscription);
        return end();
      },
    };
    this.open.add(subscription);
    return subscription;
  }

  private async sweep(): Promise<void> {
    try {
      for (const topic of this.topics.values()) {
        await this.removeOld(topic);
      }
      this.sweepError = undefined;
    } catch (error) {
      this.sweepError = error as Error;
    } finally {
      this.sweeping = undefined;
    }
  }

  private async removeOld(topic: Topic): Promise<void> {
    const stopped = (): boolean => this.closing !== undefined;
    const time = this.clock.now() - topic.spec.retentionMs;
    for (const partition of topic.partitions) {
      await removeBefore(partition, time, { store: this.store, stopped });
    }
  }
}
