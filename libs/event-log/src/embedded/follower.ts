import type { StoredRecord } from '../port.js';
import type { PartitionLog } from './partition-log.js';
import { EmbeddedReader } from './partition-reader.js';

const RECORDS_AT_ONCE = 1_000;

/** Hands everything that is appended from now on to a handler, partition by partition in order. */
export class Follower {
  private readonly readers: readonly EmbeddedReader[];
  private readonly finished: Promise<unknown>;
  private closed = false;

  constructor(
    partitions: readonly PartitionLog[],
    private readonly handler: (record: StoredRecord) => void,
  ) {
    this.readers = partitions.map((partition) => new EmbeddedReader(partition, partition.nextOffset));
    this.finished = Promise.all(this.readers.map((reader) => this.run(reader)));
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.readers.map((reader) => reader.close()));
    await this.finished;
  }

  private async run(reader: EmbeddedReader): Promise<void> {
    while (!this.closed) {
      for (const record of await reader.next(RECORDS_AT_ONCE)) {
        if (!this.closed) {
          this.handler(record);
        }
      }
    }
  }
}
