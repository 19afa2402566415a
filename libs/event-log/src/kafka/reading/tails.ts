import { setTimeout as pause } from 'node:timers/promises';
import { EventLogError } from '../../errors.js';
import type { BrokerLinks } from '../connection/broker-links.js';
import type { ClusterView } from '../connection/cluster-view.js';
import { KAFKA_ERROR } from '../connection/protocol-errors.js';
import type { PartitionName } from '../partition-name.js';
import { type FetchedPartition, type FetchLimits, fetchRequest } from './fetch.js';
import { PartitionTail } from './partition-tail.js';

/** How long a partition that joins a broker's fetches may have to wait for the one that is under way. */
const MAX_WAIT_MS = 100;
const LIMITS: FetchLimits = { maxWaitMs: MAX_WAIT_MS, maxBytes: 8 * 1024 * 1024, maxPartitionBytes: 1024 * 1024 };
const PAUSE_MS = 200;

/** The tails of the partitions that are read live: per broker one fetch at a time, for all of them. */
export class Tails {
  private readonly tails = new Map<string, PartitionTail>();
  /** Brokers whose fetches go on; none: for partitions without a leader. */
  private readonly loops = new Map<number | undefined, Promise<void>>();
  private closed = false;

  constructor(
    private readonly view: ClusterView,
    private readonly links: BrokerLinks,
    private readonly timeoutMs: number,
  ) {}

  /** The tail of a partition, if it covers the offset; begun there, if there is none yet. Each call needs a `leave`. */
  join(name: PartitionName, offset: number): PartitionTail | undefined {
    const key = keyOf(name);
    let tail = this.tails.get(key);
    if (tail === undefined) {
      tail = new PartitionTail(name, offset);
      this.tails.set(key, tail);
    }
    if (!tail.covers(offset)) {
      return undefined;
    }
    tail.readers++;
    this.start(this.view.leaderOf(name.topic, name.partition));
    return tail;
  }

  leave(tail: PartitionTail): void {
    if (--tail.readers === 0) {
      this.tails.delete(keyOf(tail.name));
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    this.links.close();
    await Promise.all(this.loops.values());
  }

  private start(broker: number | undefined): void {
    if (!this.loops.has(broker) && !this.closed) {
      this.loops.set(broker, this.run(broker));
    }
  }

  private async run(broker: number | undefined): Promise<void> {
    // Not before the loop is known: it would remove itself in vain.
    await Promise.resolve();
    for (let tails = this.ledBy(broker); tails.length > 0 && !this.closed; tails = this.ledBy(broker)) {
      const healthy = await this.fetch(broker, tails);
      if (!healthy && !this.closed) {
        await pause(PAUSE_MS, undefined, { ref: false });
        await this.view.refresh().catch(() => undefined);
      }
      this.startAll();
    }
    this.loops.delete(broker);
  }

  /** Partitions get other leaders whenever anyone refreshes the view. */
  private startAll(): void {
    for (const { name } of this.tails.values()) {
      this.start(this.view.leaderOf(name.topic, name.partition));
    }
  }

  private ledBy(broker: number | undefined): PartitionTail[] {
    return [...this.tails.values()].filter(
      ({ name, failure }) => failure === undefined && this.view.leaderOf(name.topic, name.partition) === broker,
    );
  }

  /** @returns whether all went well; else the view should be refreshed */
  private async fetch(broker: number | undefined, tails: readonly PartitionTail[]): Promise<boolean> {
    if (broker === undefined) {
      return false;
    }
    try {
      const positions = tails.map((tail) => ({ ...tail.name, offset: tail.nextOffset }));
      const request = fetchRequest(positions, LIMITS);
      const fetched = await this.links.to(broker).send(request, this.timeoutMs + MAX_WAIT_MS);
      const byKey = new Map(fetched.map((partition) => [keyOf(partition), partition]));
      let healthy = true;
      for (const tail of tails) {
        healthy = this.give(tail, byKey.get(keyOf(tail.name))) && healthy;
      }
      return healthy;
    } catch {
      // Told by `deficiencies`; here it only means that the broker is asked again.
      return false;
    }
  }

  private give(tail: PartitionTail, fetched: FetchedPartition | undefined): boolean {
    if (fetched?.errorCode === KAFKA_ERROR.offsetOutOfRange) {
      tail.reset(Math.max(fetched.beginningOffset, 0));
      return true;
    }
    if (fetched === undefined || fetched.errorCode !== KAFKA_ERROR.none) {
      return false;
    }
    try {
      tail.take(fetched);
    } catch (error) {
      tail.fail(error instanceof Error ? error : new EventLogError('A partition cannot be read.', { cause: error }));
    }
    return true;
  }
}

function keyOf({ topic, partition }: PartitionName): string {
  return `${partition} ${topic}`;
}
