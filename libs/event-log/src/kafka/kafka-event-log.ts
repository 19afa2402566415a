import { type Clock, SystemClock } from '@mooring/clock';
import kafkajs, { type Kafka } from 'kafkajs';
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
import { BrokerLinks } from './connection/broker-links.js';
import { ClusterView } from './connection/cluster-view.js';
import { GroupCoordinator } from './groups/group-coordinator.js';
import { GroupMember } from './groups/group-member.js';
import { KafkaAppender } from './lanes/kafka-appender.js';
import { LaneTable } from './lanes/lane-table.js';
import { NoLeaderSender, ProduceSender } from './lanes/produce-sender.js';
import { Readers } from './reading/readers.js';
import { type KafkaEventLogOptions, type KafkaSettings, kafkaSettings } from './settings.js';
import { Topics } from './topics.js';

const DEFAULT_MAX_RECORDS = 500;

/** The event log on Kafka. */
export class KafkaEventLog implements EventLog {
  private readonly clock: Clock;
  private readonly settings: KafkaSettings;
  private readonly view: ClusterView;
  private readonly produceLinks: BrokerLinks;
  private readonly lanes: LaneTable;
  private readonly topics: Topics;
  private readonly readers: Readers;
  private readonly appenders = new Map<string, KafkaAppender>();
  /** Groups and followers: what `close` must end. */
  private readonly open = new Set<Subscription>();
  private closing: Promise<void> | undefined;

  /** Connects when it is first used. */
  constructor(options: KafkaEventLogOptions) {
    this.clock = options.clock ?? new SystemClock();
    this.settings = kafkaSettings(options);
    this.view = new ClusterView(this.settings);
    this.produceLinks = new BrokerLinks(this.view, this.settings);
    this.lanes = new LaneTable({
      clock: this.clock,
      settings: this.settings,
      leaders: this.view,
      makeSender: (broker) =>
        broker === undefined ? new NoLeaderSender() : new ProduceSender(broker, this.produceLinks),
    });
    this.topics = new Topics(this.adminClient(), this.view, this.settings.replication);
    this.readers = new Readers(this.view, this.settings);
  }

  ensureTopics(topics: readonly TopicSpec[]): Promise<void> {
    return this.topics.ensure(topics);
  }

  appender(topic: string): Appender {
    const known = this.appenders.get(topic);
    if (known !== undefined) {
      return known;
    }
    const partitions = this.view.partitions(topic)?.length;
    if (partitions === undefined) {
      throw new EventLogError(`There is no topic ${topic}.`);
    }
    const appender = new KafkaAppender(this.lanes, { topic, partitions, clock: this.clock, settings: this.settings });
    this.appenders.set(topic, appender);
    return appender;
  }

  async describeTopic(topic: string): Promise<TopicDescription> {
    return { name: topic, partitions: (await this.view.topic(topic)).length };
  }

  describePartition(topic: string, partition: number): Promise<PartitionDescription> {
    return this.readers.describe({ topic, partition });
  }

  read(topic: string, partition: number, from: Position): Promise<PartitionReader> {
    return this.readers.open({ topic, partition }, from);
  }

  async consume({ topic, group, from, maxRecords }: ConsumeOptions, handler: BatchHandler): Promise<Subscription> {
    await this.view.topic(topic);
    const member = new GroupMember({
      coordinator: new GroupCoordinator(this.view, this.settings, { group, topic }),
      clock: this.clock,
      handler,
      maxRecords: maxRecords ?? DEFAULT_MAX_RECORDS,
      initialOffset: (partition) => this.readers.offsetAt({ topic, partition }, from),
      read: (partition, offset) => this.readers.open({ topic, partition }, { offset }),
    });
    const subscription = this.subscription(member);
    await member.begun;
    return subscription;
  }

  async follow(topic: string, handler: (record: StoredRecord) => void): Promise<Subscription> {
    const partitions = await this.view.topic(topic);
    const readers = await Promise.all(partitions.map((_, partition) => this.read(topic, partition, 'latest')));
    return this.subscription(new Follower(readers, handler));
  }

  deficiencies(): Promise<readonly LogDeficiency[]> {
    return this.topics.deficiencies();
  }

  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    for (const appender of this.appenders.values()) {
      appender.close();
    }
    this.lanes.close();
    await Promise.all([...this.open].map((one) => one.close()));
    await this.readers.close();
    this.produceLinks.close();
    this.view.close();
  }

  private subscription(part: Subscription): Subscription {
    const subscription = {
      close: (): Promise<void> => {
        this.open.delete(subscription);
        return part.close();
      },
    };
    this.open.add(subscription);
    return subscription;
  }

  private adminClient(): Kafka {
    const { brokers, clientId, ssl, sasl, connectTimeoutMs, requestTimeoutMs } = this.settings;
    return new kafkajs.Kafka({
      brokers: [...brokers],
      clientId,
      ...(ssl && { ssl }),
      ...(sasl && { sasl }),
      connectionTimeout: connectTimeoutMs,
      requestTimeout: requestTimeoutMs,
      logLevel: kafkajs.logLevel.NOTHING,
    });
  }
}
