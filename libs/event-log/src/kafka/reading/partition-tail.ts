import type { StoredRecord } from '../../port.js';
import type { PartitionName } from '../partition-name.js';
import { type FetchedPartition, recordsFrom } from './fetch.js';

/** What a tail remembers, for readers that are a little behind. */
const MAX_RECORDS = 2_000;
const MAX_BYTES = 2 * 1024 * 1024;
const RECORD_OVERHEAD_BYTES = 500;

/** The newest records of a partition, fetched once for all its live readers. */
export class PartitionTail {
  /** Readers that rely on it. */
  readers = 0;
  /** Offset to fetch next. */
  nextOffset: number;
  /** Why it cannot go on. */
  failure: Error | undefined;
  private records: StoredRecord[] = [];
  private bytes = 0;
  private readonly listeners = new Set<() => void>();

  /** @param nextOffset where it begins */
  constructor(
    readonly name: PartitionName,
    private begin: number,
  ) {
    this.nextOffset = begin;
  }

  /** Whether it has, or will get, everything from this offset on. */
  covers(offset: number): boolean {
    return offset >= this.begin;
  }

  /** Records from an offset on that it covers; none if they are still to come. */
  from(offset: number): readonly StoredRecord[] {
    if (offset >= this.nextOffset) {
      return [];
    }
    let low = 0;
    let high = this.records.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.records[middle] as StoredRecord).offset < offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return this.records.slice(low);
  }

  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  offChange(listener: () => void): void {
    this.listeners.delete(listener);
  }

  take(fetched: FetchedPartition): void {
    const { records, nextOffset } = recordsFrom(fetched, this.nextOffset);
    if (nextOffset === this.nextOffset) {
      return;
    }
    this.nextOffset = nextOffset;
    for (const record of records) {
      this.records.push(record);
      this.bytes += sizeOf(record);
    }
    this.forget();
    this.changed();
  }

  /** Goes on elsewhere: what lay between is gone. */
  reset(offset: number): void {
    this.records = [];
    this.bytes = 0;
    this.begin = offset;
    this.nextOffset = offset;
    this.changed();
  }

  fail(error: Error): void {
    this.failure = error;
    this.changed();
  }

  private forget(): void {
    let count = 0;
    while (count < this.records.length - 1 && (this.records.length - count > MAX_RECORDS || this.bytes > MAX_BYTES)) {
      this.bytes -= sizeOf(this.records[count++] as StoredRecord);
    }
    if (count > 0) {
      this.begin = (this.records[count - 1] as StoredRecord).offset + 1;
      this.records = this.records.slice(count);
    }
  }

  private changed(): void {
    for (const listener of [...this.listeners]) {
      listener();
    }
  }
}

function sizeOf(record: StoredRecord): number {
  return RECORD_OVERHEAD_BYTES + record.value.length;
}
