import { appendAll } from '../appending/append-all.js';
import { type AppendLimits, BackPressure } from '../appending/back-pressure.js';
import { partitionOf } from '../partitioner.js';
import type { Appender, AppendOrigin, LogRecord } from '../port.js';
import { AppendBatch } from './append-batch.js';
import type { PartitionLog } from './partition-log.js';

/** Collects a topic's appends until the next flush takes them. */
export class EmbeddedAppender implements Appender {
  private batch = new AppendBatch();
  private readonly pressure: BackPressure;
  private closed = false;

  /** @param requestFlush called when there is something to flush */
  constructor(
    private readonly partitions: readonly PartitionLog[],
    limits: AppendLimits,
    private readonly requestFlush: () => void,
  ) {
    this.pressure = new BackPressure(limits);
  }

  append(record: LogRecord, origin: AppendOrigin, token: number): boolean {
    if (this.closed) {
      return false;
    }
    const partition = this.partitions[partitionOf(record.key, this.partitions.length)] as PartitionLog;
    this.pressure.add(1, this.batch.add(partition, record));
    this.batch.origins.push(origin);
    if (this.batch.tokens.push(token) === 1) {
      this.requestFlush();
    }
    if (this.pressure.full) {
      this.pressure.hold(origin);
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

  get waiting(): boolean {
    return this.batch.records > 0;
  }

  /** What has been collected; the caller flushes it and says how that ended. */
  take(): AppendBatch | undefined {
    if (this.batch.records === 0) {
      return undefined;
    }
    const batch = this.batch;
    this.batch = new AppendBatch();
    return batch;
  }

  flushed(batch: AppendBatch): void {
    this.pressure.remove(batch.records, batch.bytes);
    batch.acknowledge();
    this.pressure.release();
  }

  /** Fails the origins of the batch, and with them all that was collected since: theirs must not follow what was lost. */
  failed(batch: AppendBatch, error: Error): void {
    const later = this.take();
    this.pressure.remove(batch.records + (later?.records ?? 0), batch.bytes + (later?.bytes ?? 0));
    const origins = new Set(later === undefined ? batch.origins : [...batch.origins, ...later.origins]);
    for (const origin of origins) {
      this.pressure.forget(origin);
      origin.appendFailed(error);
    }
    this.pressure.release();
  }

  close(): void {
    this.closed = true;
  }
}
