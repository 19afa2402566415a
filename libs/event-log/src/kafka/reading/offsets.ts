import { EventLogError } from '../../errors.js';
import type { BrokerLinks } from '../connection/broker-links.js';
import type { ClusterView } from '../connection/cluster-view.js';
import { requestOf } from '../connection/kafkajs-internals.js';
import type { PartitionName } from '../partition-name.js';

const VERSION = 3;
const CONSUMER = -1;
const LATEST = -1;
const EARLIEST = -2;
/** Enough for the election of a leader after its broker left in order. */
const TRIES = 8;
const PAUSE_MS = 500;

interface ListOffsetsResponse {
  readonly responses: readonly { partitions: readonly { errorCode: number; offset: string }[] }[];
}

/** Asks the leaders of partitions for offsets; tries again while a partition has no leader. */
export class Offsets {
  constructor(
    private readonly view: ClusterView,
    private readonly links: BrokerLinks,
    private readonly timeoutMs: number,
  ) {}

  earliest(name: PartitionName): Promise<number> {
    return this.list(name, EARLIEST);
  }

  /** Offset that the next record will get. */
  latest(name: PartitionName): Promise<number> {
    return this.list(name, LATEST);
  }

  /** Offset of the first record at or after a time; that of the next record, if there is none. */
  async at(name: PartitionName, timestamp: number): Promise<number> {
    const offset = await this.list(name, Math.max(0, Math.ceil(timestamp)));
    return offset >= 0 ? offset : this.latest(name);
  }

  private async list(name: PartitionName, timestamp: number): Promise<number> {
    let failure: unknown;
    for (let tries = 0; tries < TRIES; tries++) {
      try {
        return await this.listOnce(name, timestamp);
      } catch (error) {
        failure = error;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        await this.view.refresh().catch(() => undefined);
      }
    }
    throw failure;
  }

  private async listOnce({ topic, partition }: PartitionName, timestamp: number): Promise<number> {
    const leader = this.view.leaderOf(topic, partition);
    if (leader === undefined) {
      throw new EventLogError(`Nobody leads partition ${partition} of ${topic}.`);
    }
    const request = requestOf<ListOffsetsResponse>('ListOffsets', VERSION, {
      replicaId: CONSUMER,
      isolationLevel: 0,
      topics: [{ topic, partitions: [{ partition, timestamp }] }],
    });
    const { responses } = await this.links.to(leader).send(request, this.timeoutMs);
    const answer = responses[0]?.partitions[0];
    if (answer === undefined || answer.errorCode !== 0) {
      throw new EventLogError(`Kafka does not tell offsets of ${topic} (error ${answer?.errorCode ?? 'none'}).`);
    }
    return Number(answer.offset);
  }
}
