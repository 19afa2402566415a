import type { Clock } from '@mooring/clock';
import type { BackPressure } from '../../appending/back-pressure.js';
import type { AppendOrigin, LogRecord } from '../../port.js';
import { RecordBatchWriter } from '../../records/record-batch-writer.js';
import type { PartitionName } from '../partition-name.js';
import type { LaneSettings } from '../settings.js';
import type { Lane } from './lane.js';
import type { LaneBatch, PendingRecord } from './lane-batch.js';

/** A record's share of what a batch has besides its texts and bytes. */
const RECORD_OVERHEAD_BYTES = 32;
const HEADER_OVERHEAD_BYTES = 4;
/** So that the bound of a last record's size, three bytes to a character, seldom makes its batch grow. */
const SLACK_BYTES = 2 * 1024;

/** What waits for one partition: a batch that is being sent or tried again, and the records behind it. */
export class PartitionQueue {
  /** The lane that it belongs to; none before the first assignment. */
  lane: Lane | undefined;
  /** Sent before anything else of the partition. */
  head: LaneBatch | undefined;
  /** Its leader refused the head; it waits for news of who leads it now. */
  parked = false;
  private waiting: PendingRecord[] = [];
  private waitingBytes = 0;
  /** Since when the oldest of them waits, on the monotonic clock; only if there are some. */
  private waitingSince = 0;

  constructor(
    readonly name: PartitionName,
    /** Of the appender that it belongs to. */
    readonly pressure: BackPressure,
    private readonly clock: Clock,
  ) {}

  get empty(): boolean {
    return this.head === undefined && this.waiting.length === 0;
  }

  get outstandingRecords(): number {
    return this.waiting.length + (this.head?.records.length ?? 0);
  }

  get outstandingBytes(): number {
    return this.waitingBytes + (this.head?.bytes ?? 0);
  }

  /** @returns what the record counts against the limits */
  push(record: LogRecord, origin: AppendOrigin, token: number): number {
    const bytes = sizeOf(record);
    if (this.waiting.length === 0) {
      this.waitingSince = this.clock.monotonic();
    }
    this.waiting.push({ record, origin, token, bytes });
    this.waitingBytes += bytes;
    return bytes;
  }

  /** Makes the head, of as many of the records that wait as fit. There must be some, and no head. */
  seal({ maxBatchBytes, giveUpMs }: Pick<LaneSettings, 'maxBatchBytes' | 'giveUpMs'>): LaneBatch {
    const writer = new RecordBatchWriter(Math.min(this.waitingBytes + SLACK_BYTES, maxBatchBytes));
    let bytes = 0;
    for (const pending of this.waiting) {
      if (writer.count > 0 && writer.size + pending.bytes > maxBatchBytes) {
        break;
      }
      writer.append(pending.record);
      bytes += pending.bytes;
    }
    const rest = this.waiting.splice(writer.count);
    this.head = {
      queue: this,
      payload: writer.close(0, this.clock.now()),
      records: this.waiting,
      bytes,
      deadline: this.waitingSince + giveUpMs,
      attempted: false,
    };
    this.waiting = rest;
    this.waitingBytes -= bytes;
    this.waitingSince = this.clock.monotonic();
    return this.head;
  }

  /** When the oldest record is given up, on the monotonic clock; never, if there is none. */
  deadline(giveUpMs: number): number {
    const ofWaiting = this.waiting.length > 0 ? this.waitingSince + giveUpMs : Number.POSITIVE_INFINITY;
    return this.head?.deadline ?? ofWaiting;
  }

  /** Drops the records of these origins that are not in the head. @returns what was dropped */
  drop(failed: ReadonlySet<AppendOrigin>): { readonly records: number; readonly bytes: number } {
    const kept = this.waiting.filter((pending) => !failed.has(pending.origin));
    const records = this.waiting.length - kept.length;
    const before = this.waitingBytes;
    if (records > 0) {
      this.waiting = kept;
      this.waitingBytes = kept.reduce((sum, pending) => sum + pending.bytes, 0);
    }
    return { records, bytes: before - this.waitingBytes };
  }
}

function sizeOf(record: LogRecord): number {
  const { headers } = record;
  let bytes = RECORD_OVERHEAD_BYTES + record.key.length + record.value.length;
  for (const name of Object.keys(headers)) {
    bytes += HEADER_OVERHEAD_BYTES + name.length + (headers[name]?.length ?? 0);
  }
  return bytes;
}
