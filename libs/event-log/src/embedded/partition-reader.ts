import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PartitionReader, StoredRecord } from '../port.js';
import type { PartitionLog } from './partition-log.js';

/** Reads on from an offset, block by block, waiting at the end for what is appended. */
export class EmbeddedReader implements PartitionReader {
  private pending: readonly StoredRecord[] = [];
  private index = 0;
  private closed = false;
  private wake: (() => void) | undefined;

  constructor(
    private readonly partition: PartitionLog,
    private position: number,
  ) {}

  async next(maxRecords: number): Promise<readonly StoredRecord[]> {
    while (!this.closed) {
      if (this.index < this.pending.length) {
        const records = this.pending.slice(this.index, this.index + maxRecords);
        this.index += records.length;
        return records;
      }
      this.pending = this.partition.readFrom(this.position);
      this.index = 0;
      const last = this.pending.at(-1);
      if (last === undefined) {
        await this.appended();
      } else {
        this.position = last.offset + 1;
        // A reader that catches up leaves the event loop to others between blocks.
        await nextTurn();
      }
    }
    return [];
  }

  async close(): Promise<void> {
    this.closed = true;
    this.wake?.();
  }

  private appended(): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.partition.offAppended(wake);
        this.wake = undefined;
        resolve();
      };
      this.wake = wake;
      this.partition.onAppended(wake);
    });
  }
}
