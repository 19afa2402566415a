import type { AppendOrigin, LogRecord } from '../../port.js';
import type { PartitionQueue } from './partition-queue.js';

/** A record that waits for its acknowledgement. */
export interface PendingRecord {
  readonly record: LogRecord;
  origin: AppendOrigin;
  readonly token: number;
  /** What it counts against the limits. */
  readonly bytes: number;
}

/** Records of one partition, encoded once: sent unchanged until stored or given up. */
export interface LaneBatch {
  readonly queue: PartitionQueue;
  readonly payload: Buffer;
  readonly records: readonly PendingRecord[];
  /** What it counts against the limits. */
  readonly bytes: number;
  /** On the monotonic clock; not tried again after this. */
  readonly deadline: number;
  /** Whether it may have reached the broker. */
  attempted: boolean;
}

/** What became of a batch that was sent: `refused` may be tried again, `rejected` never succeeds. */
export type BatchOutcome = 'stored' | 'refused' | 'rejected';

/** In place of an origin that must hear nothing more. */
const NOBODY: AppendOrigin = {
  appended: () => undefined,
  appendedAll: () => undefined,
  appendFailed: () => undefined,
  appendable: () => undefined,
};

/** Takes the origins out of the batch: its records may be stored, but nobody hears of it. */
export function silence(batch: LaneBatch, failed: ReadonlySet<AppendOrigin>): void {
  for (const pending of batch.records) {
    if (failed.has(pending.origin)) {
      pending.origin = NOBODY;
    }
  }
}

/** Acknowledges the records of batches that are stored. */
export function acknowledge(batches: readonly LaneBatch[]): void {
  const told = new Set<AppendOrigin>();
  for (const { records } of batches) {
    for (const { origin, token } of records) {
      told.add(origin);
      origin.appended(token);
    }
  }
  for (const origin of told) {
    origin.appendedAll();
  }
}
