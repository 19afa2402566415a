import { EventLogError } from '../../errors.js';
import type { BrokerLinks } from '../connection/broker-links.js';
import type { ClusterView } from '../connection/cluster-view.js';
import { type FetchedPartition, type FetchLimits, type FetchPosition, fetchRequest } from './fetch.js';

const LIMITS: FetchLimits = { maxWaitMs: 0, maxBytes: 1024 * 1024, maxPartitionBytes: 1024 * 1024 };

interface Slot {
  readonly links: BrokerLinks;
}

/** Fetches for readers that are behind: a few at a time, so that they cost the live ones nothing. */
export class CatchUp {
  private readonly idle: Slot[];
  private readonly waiting: ((slot: Slot) => void)[] = [];

  constructor(
    private readonly view: ClusterView,
    private readonly slots: readonly BrokerLinks[],
    private readonly timeoutMs: number,
  ) {
    this.idle = slots.map((links) => ({ links }));
  }

  /** Rejects if the partition cannot be read now. */
  async fetch(position: FetchPosition): Promise<FetchedPartition> {
    const slot = await this.acquire();
    try {
      const leader = this.view.leaderOf(position.topic, position.partition);
      if (leader === undefined) {
        throw new EventLogError(`Nobody leads partition ${position.partition} of ${position.topic}.`);
      }
      const [fetched] = await slot.links.to(leader).send(fetchRequest([position], LIMITS), this.timeoutMs);
      if (fetched === undefined) {
        throw new EventLogError(`Kafka does not answer for partition ${position.partition} of ${position.topic}.`);
      }
      return fetched;
    } finally {
      this.free(slot);
    }
  }

  close(): void {
    for (const links of this.slots) {
      links.close();
    }
  }

  private acquire(): Slot | Promise<Slot> {
    return this.idle.pop() ?? new Promise((resolve) => void this.waiting.push(resolve));
  }

  private free(slot: Slot): void {
    const next = this.waiting.shift();
    if (next === undefined) {
      this.idle.push(slot);
    } else {
      next(slot);
    }
  }
}
