import type { ManualClock } from '@mooring/clock';
import { partitionOf } from '../../partitioner.js';
import { readBatchHeader, readRecordBatch } from '../../records/record-batch-reader.js';
import { type KafkaSettings, kafkaSettings } from '../settings.js';
import { KafkaAppender } from './kafka-appender.js';
import type { LaneSender } from './lane.js';
import type { BatchOutcome, LaneBatch } from './lane-batch.js';
import { LaneTable } from './lane-table.js';
import { NoLeaderSender } from './produce-sender.js';

/** A request that waits for the test to decide what becomes of it. */
export class SimulatedSend {
  readonly payloads: readonly Buffer[];
  readonly partitions: readonly number[];
  abandoned = false;
  /** Settled; a second answer is ignored. */
  done = false;

  constructor(
    readonly broker: number,
    batches: readonly LaneBatch[],
    private readonly outcome: { resolve(outcomes: readonly BatchOutcome[]): void; reject(error: Error): void },
  ) {
    this.payloads = batches.map((batch) => batch.payload);
    this.partitions = batches.map((batch) => batch.queue.name.partition);
  }

  /** The values of its records, in order. */
  get texts(): string[] {
    return this.payloads.flatMap(textsOf);
  }

  /** One outcome for each batch; the last one for all that follow. */
  answer(...outcomes: BatchOutcome[]): void {
    this.done = true;
    this.outcome.resolve(this.payloads.map((_, i) => outcomes[i] ?? outcomes.at(-1) ?? 'stored'));
  }

  fail(): void {
    this.done = true;
    this.outcome.reject(new Error('connection lost'));
  }
}

export function textsOf(payload: Buffer): string[] {
  const header = readBatchHeader(payload);
  const records = header === undefined ? [] : readRecordBatch(payload, header, { topic: 't', partition: 0 });
  return records.map((record) => record.value.toString());
}

export interface SimulatedClusterOptions {
  readonly clock: ManualClock;
  /** Led by each of the leaders. */
  readonly partitions: number;
  readonly leaders: readonly number[];
}

/** The lanes of one topic, with brokers that a test plays. */
export class SimulatedCluster {
  readonly clock: ManualClock;
  readonly sends: SimulatedSend[] = [];
  readonly settings: KafkaSettings = kafkaSettings({ brokers: [], laneLimits: { records: 100, bytes: 1 << 24 } });
  readonly appender: KafkaAppender;
  /** Whether a refresh finds out who leads. */
  reachable = true;
  private readonly leaders: (number | undefined)[];
  /** What the lanes know of it. */
  private known: readonly (number | undefined)[];

  constructor({ clock, partitions, leaders }: SimulatedClusterOptions) {
    this.clock = clock;
    this.leaders = leaders.flatMap((leader) => Array.from({ length: partitions }, () => leader));
    this.known = [...this.leaders];
    const lanes = new LaneTable({
      clock,
      settings: this.settings,
      leaders: { leaderOf: (_, partition) => this.known[partition], refresh: () => this.refresh() },
      makeSender: (broker) => (broker === undefined ? new NoLeaderSender() : this.makeSender(broker)),
    });
    this.appender = new KafkaAppender(lanes, {
      topic: 't',
      partitions: this.leaders.length,
      clock,
      settings: this.settings,
    });
  }

  /** A partition gets another leader, of which the lanes learn at their next refresh. */
  lead(partition: number, leader: number | undefined): void {
    this.leaders[partition] = leader;
  }

  partitionOf(key: string): number {
    return partitionOf(key, this.leaders.length);
  }

  /** A key of the first partition that the broker leads. */
  keyOf(broker: number): string {
    return this.keyIn(this.leaders.indexOf(broker));
  }

  /** Keys of the first and of the last partition that the broker leads. */
  twoKeysOf(broker: number): [string, string] {
    return [this.keyOf(broker), this.keyIn(this.leaders.lastIndexOf(broker))];
  }

  private keyIn(partition: number): string {
    if (partition < 0) {
      throw new Error('That broker leads nothing.');
    }
    for (let i = 0; ; i++) {
      if (this.partitionOf(`device-${i}`) === partition) {
        return `device-${i}`;
      }
    }
  }

  private async refresh(): Promise<void> {
    if (!this.reachable) {
      throw new Error('no broker answers');
    }
    this.known = [...this.leaders];
  }

  private makeSender(broker: number): LaneSender {
    return {
      send: (batches) =>
        new Promise((resolve, reject) => {
          this.sends.push(new SimulatedSend(broker, batches, { resolve, reject }));
        }),
      abandon: () => {
        const send = this.sends.findLast((one) => one.broker === broker && !one.done);
        if (send !== undefined) {
          send.abandoned = true;
          send.fail();
        }
      },
    };
  }
}
