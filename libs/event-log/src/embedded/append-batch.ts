import type { AppendOrigin, LogRecord } from '../port.js';
import { RecordBatchWriter } from '../records/record-batch-writer.js';
import { blockKey, type StoredBlock } from './block-store.js';
import type { PartitionLog } from './partition-log.js';

/** A block beyond this is closed and the next one begun: what a reader must load for one record stays small. */
const BLOCK_BYTES = 64 * 1024;

/** What one topic's appender has collected for the next flush, encoded; and whom to tell when it is done. */
export class AppendBatch {
  bytes = 0;
  readonly origins: AppendOrigin[] = [];
  readonly tokens: number[] = [];
  private readonly writers = new Map<PartitionLog, RecordBatchWriter[]>();
  private readonly ends: { partition: PartitionLog; nextOffset: number; timestamp: number }[] = [];

  get records(): number {
    return this.tokens.length;
  }

  add(partition: PartitionLog, record: LogRecord): number {
    let writers = this.writers.get(partition);
    if (writers === undefined) {
      writers = [];
      this.writers.set(partition, writers);
    }
    let writer = writers.at(-1);
    if (writer === undefined || writer.size >= BLOCK_BYTES) {
      writer = new RecordBatchWriter();
      writers.push(writer);
    }
    const bytes = writer.append(record);
    this.bytes += bytes;
    return bytes;
  }

  /** Gives the records their offsets and their time. */
  close(now: number): StoredBlock[] {
    const blocks: StoredBlock[] = [];
    for (const [partition, writers] of this.writers) {
      const timestamp = partition.timestampAt(now);
      let offset = partition.nextOffset;
      for (const writer of writers) {
        const key = blockKey(partition.name.topicId, partition.name.partition, offset);
        blocks.push({ key, value: writer.close(offset, timestamp) });
        offset += writer.count;
      }
      this.ends.push({ partition, nextOffset: offset, timestamp });
    }
    return blocks;
  }

  /** The blocks are durable: shows them to readers and acknowledges them. */
  acknowledge(): void {
    for (const { partition, nextOffset, timestamp } of this.ends) {
      partition.appended(nextOffset, timestamp);
    }
    const { origins, tokens } = this;
    for (let i = 0; i < origins.length; i++) {
      (origins[i] as AppendOrigin).appended(tokens[i] as number);
    }
    for (const origin of new Set(origins)) {
      origin.appendedAll();
    }
  }
}
