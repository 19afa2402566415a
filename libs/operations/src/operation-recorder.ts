import { randomUUID } from 'node:crypto';
import type { Clock } from '@mooring/clock';
import type { Appender, AppendOrigin } from '@mooring/event-log';
import { Counter, type Metrics } from '@mooring/observability';
import type { OperationRecord } from './operation-record.js';

/** What a caller tells; the rest of the record is added. */
export type Operation = Omit<OperationRecord, 'schema' | 'id' | 'time' | 'properties'> & {
  readonly properties?: Readonly<Record<string, string>>;
};

export interface OperationRecorderOptions {
  /** Of the topic of operations. */
  readonly appender: Appender;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** Records that may wait for the event log; beyond them records are dropped and counted, never the caller slowed. */
const MAX_WAITING = 10_000;

/** Writes operation records, off the path of whoever tells them. One for each process. */
export class OperationRecorder {
  private readonly recorded: Counter<'category'>;
  private readonly dropped: Counter<'category'>;
  private readonly origin: AppendOrigin;
  private waiting = 0;
  private full = false;

  constructor(private readonly options: OperationRecorderOptions) {
    const registers = [options.metrics];
    this.recorded = new Counter({
      name: 'mooring_operations_records_total',
      help: 'Operation records handed to the event log.',
      labelNames: ['category'],
      registers,
    });
    this.dropped = new Counter({
      name: 'mooring_operations_records_dropped_total',
      help: 'Operation records that were lost because the event log could not take them.',
      labelNames: ['category'],
      registers,
    });
    this.origin = {
      appended: () => {
        this.waiting--;
      },
      appendedAll: () => undefined,
      appendFailed: () => {
        // How many of the waiting ones were in the lane that failed is unknown to an origin; the count begins anew.
        this.waiting = 0;
      },
      appendable: () => {
        this.full = false;
      },
    };
  }

  /** Returns at once. */
  record(operation: Operation): void {
    const { category, deviceId } = operation;
    if (this.full || this.waiting >= MAX_WAITING) {
      this.dropped.inc({ category });
      return;
    }
    const record: OperationRecord = {
      schema: 1,
      id: randomUUID(),
      time: new Date(this.options.clock.now()).toISOString(),
      ...operation,
      properties: { ...operation.properties },
    };
    this.waiting++;
    this.recorded.inc({ category });
    const value = Buffer.from(JSON.stringify(record));
    this.full = !this.options.appender.append({ key: deviceId, headers: {}, value }, this.origin, 0);
  }
}
