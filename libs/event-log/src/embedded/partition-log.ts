import { EventLogError } from '../errors.js';
import type { PartitionDescription, Position, StoredRecord } from '../port.js';
import { type BatchHeader, readBatchHeader, readRecordBatch } from '../records/record-batch-reader.js';
import { type BlockStore, blockKey, type StoredState } from './block-store.js';

/** Names a partition of a topic, in the API and in the store. */
export interface PartitionName {
  readonly topic: string;
  readonly topicId: number;
  readonly partition: number;
}

interface Block {
  readonly data: Buffer;
  readonly header: BatchHeader;
}

interface DecodedBlock {
  readonly offset: number;
  /** Of the block behind it. */
  readonly nextOffset: number;
  readonly records: readonly StoredRecord[];
}

/** One partition as it stands in the store: where it begins and ends, what it holds. */
export class PartitionLog {
  private beginning: number;
  private end: number;
  private newest: number;
  private readonly listeners = new Set<() => void>();
  /** Most readers stand at the newest block: it is decoded once for all of them. */
  private recent: DecodedBlock | undefined;

  constructor(
    readonly name: PartitionName,
    private readonly store: BlockStore,
  ) {
    const { topicId, partition } = name;
    const past = store.getState(this.endKey());
    this.end = Number(past?.['nextOffset'] ?? 0);
    this.newest = Number(past?.['timestamp'] ?? 0);
    const lastBlock = store.lastUpTo(topicId, partition, Number.MAX_SAFE_INTEGER);
    if (lastBlock !== undefined) {
      const { header } = this.block(lastBlock);
      this.end = header.nextOffset;
      this.newest = header.maxTimestamp;
    }
    this.beginning = store.firstFrom(topicId, partition, 0) ?? this.end;
  }

  /** Offset that the next record will get. */
  get nextOffset(): number {
    return this.end;
  }

  get beginningOffset(): number {
    return this.beginning;
  }

  /** A time for records appended now: never before that of an earlier record, even if the clock was put back. */
  timestampAt(now: number): number {
    return Math.max(now, this.newest);
  }

  /** Blocks are in the store up to `nextOffset`: shows them to the readers. */
  appended(nextOffset: number, timestamp: number): void {
    this.end = nextOffset;
    this.newest = timestamp;
    for (const listener of [...this.listeners]) {
      listener();
    }
  }

  onAppended(listener: () => void): void {
    this.listeners.add(listener);
  }

  offAppended(listener: () => void): void {
    this.listeners.delete(listener);
  }

  describe(): PartitionDescription {
    const empty = this.beginning === this.end;
    return {
      beginningOffset: this.beginning,
      nextOffset: this.end,
      last: empty ? undefined : { offset: this.end - 1, timestamp: this.newest },
    };
  }

  offsetAt(position: Position): number {
    if (position === 'earliest') {
      return this.beginning;
    }
    if (position === 'latest') {
      return this.end;
    }
    return 'offset' in position ? position.offset : this.offsetAtTime(position.timestamp);
  }

  /** The records from `offset` to the end of their block; none if there are none yet. */
  readFrom(offset: number): readonly StoredRecord[] {
    if (offset >= this.end) {
      return [];
    }
    const from = Math.max(offset, this.beginning);
    const block = this.recentAt(from) ?? this.decoded(from);
    if (block === undefined) {
      return [];
    }
    return from > block.offset ? block.records.slice(from - block.offset) : block.records;
  }

  /** Oldest blocks whose records were all appended before `time`, at most `limit` of them. */
  blocksBefore(time: number, limit: number): number[] {
    const { topicId, partition } = this.name;
    const blocks: number[] = [];
    let next = this.store.firstFrom(topicId, partition, this.beginning);
    while (next !== undefined && blocks.length < limit) {
      const { header } = this.block(next);
      if (header.maxTimestamp >= time) {
        break;
      }
      blocks.push(next);
      next = this.store.firstFrom(topicId, partition, header.nextOffset);
    }
    return blocks;
  }

  /** What must be remembered of the partition once its blocks are gone: offsets and times go on from there. */
  endState(): StoredState {
    return { key: this.endKey(), value: { v: 1, nextOffset: this.end, timestamp: this.newest } };
  }

  /** Blocks up to and with the given one have been removed. */
  removed(lastBlock: number): void {
    const { topicId, partition } = this.name;
    this.beginning = this.store.firstFrom(topicId, partition, lastBlock) ?? this.end;
  }

  private endKey(): StoredState['key'] {
    return ['end', this.name.topicId, this.name.partition];
  }

  private recentAt(offset: number): DecodedBlock | undefined {
    const { recent } = this;
    return recent !== undefined && offset >= recent.offset && offset < recent.nextOffset ? recent : undefined;
  }

  private blockHolding(offset: number): number | undefined {
    const { topicId, partition } = this.name;
    const before = this.store.lastUpTo(topicId, partition, offset);
    if (before !== undefined && this.block(before).header.nextOffset > offset) {
      return before;
    }
    return this.store.firstFrom(topicId, partition, offset);
  }

  /** The block that holds `offset`, or else the first one behind it. */
  private decoded(offset: number): DecodedBlock | undefined {
    // Whoever reads on stands where a block begins, and needs no search.
    const block = this.find(offset) ?? this.search(offset);
    if (block === undefined) {
      return undefined;
    }
    const { data, header } = block;
    const { baseOffset, nextOffset } = header;
    const decoded = { offset: baseOffset, nextOffset, records: readRecordBatch(data, header, this.name) };
    if (this.recent === undefined || baseOffset > this.recent.offset) {
      this.recent = decoded;
    }
    return decoded;
  }

  private search(offset: number): Block | undefined {
    const beginning = this.blockHolding(offset);
    return beginning === undefined ? undefined : this.block(beginning);
  }

  private block(offset: number): Block {
    const block = this.find(offset);
    if (block === undefined) {
      const { topic, partition } = this.name;
      throw new EventLogError(`Partition ${partition} of ${topic} has lost its block at offset ${offset}.`);
    }
    return block;
  }

  /** The block that begins at `offset`. */
  private find(offset: number): Block | undefined {
    const { topicId, partition } = this.name;
    const data = this.store.get(blockKey(topicId, partition, offset));
    const header = data && readBatchHeader(data);
    return data === undefined || header === undefined ? undefined : { data, header };
  }

  /** Offset of the first record appended at `time` or later, by bisection. */
  private offsetAtTime(time: number): number {
    let low = this.beginning;
    let high = this.end;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const block = this.blockHolding(middle);
      if (block === undefined) {
        return this.end;
      }
      const { header } = this.block(block);
      if (header.maxTimestamp >= time) {
        high = Math.min(middle, block);
      } else {
        low = header.nextOffset;
      }
    }
    return low;
  }
}
