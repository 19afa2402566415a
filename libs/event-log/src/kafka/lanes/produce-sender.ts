import { EventLogError } from '../../errors.js';
import type { BrokerLinks } from '../connection/broker-links.js';
import type { LaneSender } from './lane.js';
import type { BatchOutcome, LaneBatch } from './lane-batch.js';
import { produceRequest } from './produce.js';

/** The broker is told to give up a little before the client does, so that its answer can still arrive. */
const ANSWER_MS = 500;

/** Sends a lane's requests over its own connection to the broker. */
export class ProduceSender implements LaneSender {
  constructor(
    private readonly broker: number,
    private readonly links: BrokerLinks,
  ) {}

  async send(batches: readonly LaneBatch[], timeoutMs: number): Promise<readonly BatchOutcome[]> {
    const request = produceRequest(batches, Math.max(1, Math.floor(timeoutMs - ANSWER_MS)));
    const { outcomes } = await this.links.to(this.broker).send(request, timeoutMs);
    return outcomes;
  }

  abandon(): void {
    this.links.discard(this.broker, new EventLogError(`Kafka broker ${this.broker} does not lead any more.`));
  }
}

/** For partitions that nobody leads: nothing can be sent until they get a leader. */
export class NoLeaderSender implements LaneSender {
  async send(batches: readonly LaneBatch[]): Promise<readonly BatchOutcome[]> {
    return batches.map(() => 'refused');
  }

  abandon(): void {
    // Nothing is ever on its way.
  }
}
