import { EventLogError } from '../../errors.js';
import type { PartitionDescription, PartitionReader, Position } from '../../port.js';
import { BrokerLinks } from '../connection/broker-links.js';
import type { ClusterView } from '../connection/cluster-view.js';
import type { PartitionName } from '../partition-name.js';
import type { KafkaConnectionSettings } from '../settings.js';
import { CatchUp } from './catch-up.js';
import { KafkaReader } from './kafka-reader.js';
import { Offsets } from './offsets.js';
import { Tails } from './tails.js';

/** Fetches of readers that are behind, at the same time. */
const CATCH_UP_FETCHES = 3;

/** Everything that reads partitions. */
export class Readers {
  private readonly tails: Tails;
  private readonly catchUp: CatchUp;
  private readonly offsetLinks: BrokerLinks;
  private readonly offsets: Offsets;
  private readonly openReaders = new Set<KafkaReader>();
  private closed = false;

  constructor(
    private readonly view: ClusterView,
    settings: KafkaConnectionSettings,
  ) {
    const links = (): BrokerLinks => new BrokerLinks(view, settings);
    this.tails = new Tails(view, links(), settings.requestTimeoutMs);
    this.catchUp = new CatchUp(view, Array.from({ length: CATCH_UP_FETCHES }, links), settings.requestTimeoutMs);
    this.offsetLinks = links();
    this.offsets = new Offsets(view, this.offsetLinks, settings.requestTimeoutMs);
  }

  async open(name: PartitionName, from: Position): Promise<PartitionReader> {
    await this.check(name);
    const endOffset = await this.offsets.latest(name);
    const offset = from === 'latest' ? endOffset : await this.offsetAt(name, from);
    if (this.closed) {
      throw new EventLogError('The event log is closed.');
    }
    const { view, tails, catchUp } = this;
    const reader = new KafkaReader({ view, tails, catchUp }, { ...name, offset, endOffset });
    this.openReaders.add(reader);
    return {
      next: (maxRecords) => reader.next(maxRecords),
      close: () => {
        this.openReaders.delete(reader);
        return reader.close();
      },
    };
  }

  async offsetAt(name: PartitionName, from: Position): Promise<number> {
    if (from === 'latest') {
      return this.offsets.latest(name);
    }
    if (from === 'earliest') {
      return this.offsets.earliest(name);
    }
    return 'timestamp' in from ? this.offsets.at(name, from.timestamp) : Math.max(0, from.offset);
  }

  async describe(name: PartitionName): Promise<PartitionDescription> {
    await this.check(name);
    const nextOffset = await this.offsets.latest(name);
    const beginningOffset = await this.offsets.earliest(name);
    if (beginningOffset >= nextOffset) {
      return { beginningOffset, nextOffset, last: undefined };
    }
    const reader = await this.open(name, { offset: nextOffset - 1 });
    try {
      const [last] = await reader.next(1);
      return { beginningOffset, nextOffset, last: last && { offset: last.offset, timestamp: last.timestamp } };
    } finally {
      await reader.close();
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.openReaders].map((reader) => reader.close()));
    this.catchUp.close();
    this.offsetLinks.close();
    await this.tails.close();
  }

  private async check({ topic, partition }: PartitionName): Promise<void> {
    if ((await this.view.topic(topic))[partition] === undefined) {
      throw new EventLogError(`Topic ${topic} has no partition ${partition}.`);
    }
  }
}
