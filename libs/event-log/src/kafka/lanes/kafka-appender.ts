import type { Clock } from '@mooring/clock';
import { appendAll } from '../../appending/append-all.js';
import { BackPressure } from '../../appending/back-pressure.js';
import { partitionOf } from '../../partitioner.js';
import type { Appender, AppendOrigin, LogRecord } from '../../port.js';
import type { LaneSettings } from '../settings.js';
import type { Lane } from './lane.js';
import type { LaneTable } from './lane-table.js';
import { PartitionQueue } from './partition-queue.js';

export interface KafkaAppenderOptions {
  readonly topic: string;
  readonly partitions: number;
  readonly clock: Clock;
  readonly settings: LaneSettings;
}

/** Queues a topic's appends in the lanes of its partitions. */
export class KafkaAppender implements Appender {
  private readonly queues: readonly PartitionQueue[];
  private readonly pressure: BackPressure;
  private closed = false;

  constructor(lanes: LaneTable, { topic, partitions, clock, settings }: KafkaAppenderOptions) {
    this.pressure = new BackPressure(settings.appenderLimits);
    this.queues = Array.from(
      { length: partitions },
      (_, partition) => new PartitionQueue({ topic, partition }, this.pressure, clock),
    );
    for (const queue of this.queues) {
      lanes.add(queue);
    }
  }

  append(record: LogRecord, origin: AppendOrigin, token: number): boolean {
    if (this.closed) {
      return false;
    }
    const queue = this.queues[partitionOf(record.key, this.queues.length)] as PartitionQueue;
    const lane = queue.lane as Lane;
    const bytes = queue.push(record, origin, token);
    this.pressure.add(1, bytes);
    lane.appended(bytes);
    const full = lane.pressure.full ? lane.pressure : this.pressure;
    if (full.full) {
      full.hold(origin);
      return false;
    }
    return true;
  }

  appendAll(records: readonly LogRecord[]): Promise<void> {
    return appendAll(this, records);
  }

  get outstanding(): { readonly records: number; readonly bytes: number } {
    return { records: this.pressure.records, bytes: this.pressure.bytes };
  }

  drained(): Promise<void> {
    return this.pressure.drained();
  }

  close(): void {
    this.closed = true;
  }
}
