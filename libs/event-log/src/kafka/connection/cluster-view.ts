import { EventLogError } from '../../errors.js';
import type { KafkaConnectionSettings } from '../settings.js';
import { type BrokerAddress, BrokerLink } from './broker-link.js';
import { requestOf } from './kafkajs-internals.js';
import { KAFKA_ERROR } from './protocol-errors.js';

export interface PartitionView {
  /** Node id of the leader; none while there is none. */
  readonly leader: number | undefined;
  readonly replicas: readonly number[];
  readonly inSync: readonly number[];
}

interface MetadataResponse {
  readonly brokers: readonly { nodeId: number; host: string; port: number }[];
  readonly topicMetadata: readonly {
    topicErrorCode: number;
    topic: string;
    partitionMetadata: readonly { partitionId: number; leader: number; replicas: number[]; isr: number[] }[];
  }[];
}

const METADATA_VERSION = 6;

/** Who leads which partition, as the last broker told that answered. */
export class ClusterView {
  private readonly topics = new Map<string, readonly PartitionView[]>();
  private readonly wanted = new Set<string>();
  private brokers = new Map<number, BrokerAddress>();
  private link: BrokerLink | undefined;
  private turn = 0;
  private running: Promise<void> | undefined;
  private closed = false;

  constructor(private readonly settings: KafkaConnectionSettings) {}

  /** The partitions of a topic that has been asked for; none before that, or if it does not exist. */
  partitions(topic: string): readonly PartitionView[] | undefined {
    return this.topics.get(topic);
  }

  leaderOf(topic: string, partition: number): number | undefined {
    return this.topics.get(topic)?.[partition]?.leader;
  }

  addressOf(broker: number): BrokerAddress | undefined {
    return this.brokers.get(broker);
  }

  /** Addresses of all brokers that are there, and those that were configured. */
  addresses(): BrokerAddress[] {
    const seeds = this.settings.brokers.map((broker) => {
      const colon = broker.lastIndexOf(':');
      return { host: broker.slice(0, colon), port: Number(broker.slice(colon + 1)) };
    });
    return [...this.brokers.values(), ...seeds];
  }

  /** The partitions of a topic. @throws EventLogError if it does not exist, or no broker can be asked */
  async topic(name: string): Promise<readonly PartitionView[]> {
    if (!this.topics.has(name)) {
      this.wanted.add(name);
      await this.running?.catch(() => undefined);
      await this.refresh();
    }
    const partitions = this.topics.get(name);
    if (partitions === undefined) {
      this.wanted.delete(name);
      throw new EventLogError(`There is no topic ${name}.`);
    }
    return partitions;
  }

  /** Asks one broker, or as many as it takes; rejects if none answers. Concurrent calls share one question. */
  refresh(): Promise<void> {
    this.running ??= this.ask().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  close(): void {
    this.closed = true;
    this.link?.discard(new EventLogError('The event log is closed.'));
  }

  private async ask(): Promise<void> {
    const candidates = this.addresses();
    let failure: unknown = new EventLogError('No Kafka broker is known.');
    for (let tried = 0; tried < candidates.length && !this.closed; tried++) {
      const link = this.link ?? this.nextLink(candidates);
      try {
        const topics = [...this.wanted];
        const request = requestOf<MetadataResponse>('Metadata', METADATA_VERSION, {
          // An empty list would mean all topics.
          topics: topics.length === 0 ? [''] : topics,
          allowAutoTopicCreation: false,
        });
        this.take(await link.send(request, this.settings.requestTimeoutMs));
        this.link = link;
        return;
      } catch (error) {
        failure = error;
        link.discard(new EventLogError('Another broker is asked.'));
        this.link = undefined;
      }
    }
    throw failure;
  }

  private nextLink(candidates: readonly BrokerAddress[]): BrokerLink {
    return new BrokerLink(candidates[this.turn++ % candidates.length] as BrokerAddress, this.settings);
  }

  private take(response: MetadataResponse): void {
    this.brokers = new Map(response.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
    for (const { topic, topicErrorCode, partitionMetadata } of response.topicMetadata) {
      if (topicErrorCode === KAFKA_ERROR.none) {
        const partitions: PartitionView[] = [];
        for (const { partitionId, leader, replicas, isr } of partitionMetadata) {
          partitions[partitionId] = { leader: leader >= 0 ? leader : undefined, replicas, inSync: isr };
        }
        this.topics.set(topic, partitions);
      }
    }
  }
}
