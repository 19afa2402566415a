import type { PartitionReader, StoredRecord, Subscription } from '../port.js';

const RECORDS_AT_ONCE = 1_000;

/** Hands what the readers give to a handler, each reader's records in order. */
export class Follower implements Subscription {
  private readonly finished: Promise<unknown>;
  private closed = false;

  constructor(
    private readonly readers: readonly PartitionReader[],
    private readonly handler: (record: StoredRecord) => void,
  ) {
    this.finished = Promise.all(readers.map((reader) => this.run(reader)));
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.readers.map((reader) => reader.close()));
    await this.finished;
  }

  private async run(reader: PartitionReader): Promise<void> {
    while (!this.closed) {
      for (const record of await reader.next(RECORDS_AT_ONCE)) {
        if (!this.closed) {
          this.handler(record);
        }
      }
    }
  }
}
