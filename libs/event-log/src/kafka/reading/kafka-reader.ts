import type { PartitionReader, StoredRecord } from '../../port.js';
import type { ClusterView } from '../connection/cluster-view.js';
import { KAFKA_ERROR } from '../connection/protocol-errors.js';
import type { PartitionName } from '../partition-name.js';
import type { CatchUp } from './catch-up.js';
import { recordsFrom } from './fetch.js';
import type { PartitionTail } from './partition-tail.js';
import type { Tails } from './tails.js';

const PAUSE_MS = 250;

export interface ReaderContext {
  readonly view: ClusterView;
  readonly tails: Tails;
  readonly catchUp: CatchUp;
}

/** Where a reader starts. */
export interface ReaderStart extends PartitionName {
  readonly offset: number;
  /** Offset that the next record will get: from there on the reader is live. */
  readonly endOffset: number;
}

/** Reads a partition: what is old through the catch-up pool, what is new from the tail that all readers share. */
export class KafkaReader implements PartitionReader {
  private readonly name: PartitionName;
  /** Records before this are not wanted. */
  private readonly first: number;
  private position: number;
  private pending: readonly StoredRecord[] = [];
  private index = 0;
  private tail: PartitionTail | undefined;
  private closed = false;
  private wake: (() => void) | undefined;

  constructor(
    private readonly context: ReaderContext,
    { topic, partition, offset, endOffset }: ReaderStart,
  ) {
    this.name = { topic, partition };
    this.first = offset;
    this.position = Math.min(offset, endOffset);
    if (offset >= endOffset) {
      this.tail = context.tails.join(this.name, endOffset);
    }
  }

  async next(maxRecords: number): Promise<readonly StoredRecord[]> {
    while (!this.closed) {
      if (this.index < this.pending.length) {
        const records = this.pending.slice(this.index, this.index + maxRecords);
        this.index += records.length;
        return records;
      }
      await this.more();
    }
    return [];
  }

  async close(): Promise<void> {
    this.closed = true;
    this.leaveTail();
    this.wake?.();
  }

  private async more(): Promise<void> {
    if (this.tail !== undefined && !this.tail.covers(this.position)) {
      this.leaveTail();
    }
    if (this.tail === undefined) {
      return this.catchUp();
    }
    if (this.tail.failure !== undefined) {
      throw this.tail.failure;
    }
    const records = this.tail.from(this.position);
    const { nextOffset } = this.tail;
    if (nextOffset > this.position) {
      this.give(records, nextOffset);
    } else {
      await this.changeOf(this.tail);
    }
  }

  private async catchUp(): Promise<void> {
    const fetched = await this.context.catchUp.fetch({ ...this.name, offset: this.position }).catch(() => undefined);
    if (this.closed) {
      return;
    }
    if (fetched?.errorCode === KAFKA_ERROR.offsetOutOfRange) {
      // What lay there is forgotten by now.
      this.position = Math.max(this.position, fetched.beginningOffset);
      await this.sleep();
    } else if (fetched === undefined || fetched.errorCode !== KAFKA_ERROR.none) {
      await this.sleep();
      await this.context.view.refresh().catch(() => undefined);
    } else {
      const { records, nextOffset } = recordsFrom(fetched, this.position);
      this.give(records, nextOffset);
      if (nextOffset >= fetched.endOffset) {
        this.tail = this.context.tails.join(this.name, nextOffset);
      }
    }
  }

  private give(records: readonly StoredRecord[], nextOffset: number): void {
    const wanted = this.position < this.first ? records.filter((record) => record.offset >= this.first) : records;
    this.pending = wanted;
    this.index = 0;
    this.position = nextOffset;
  }

  private leaveTail(): void {
    if (this.tail !== undefined) {
      this.context.tails.leave(this.tail);
      this.tail = undefined;
    }
  }

  private changeOf(tail: PartitionTail): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        tail.offChange(wake);
        this.wake = undefined;
        resolve();
      };
      this.wake = wake;
      tail.onChange(wake);
    });
  }

  private sleep(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, PAUSE_MS);
      this.wake = () => {
        clearTimeout(timer);
        this.wake = undefined;
        resolve();
      };
    });
  }
}
