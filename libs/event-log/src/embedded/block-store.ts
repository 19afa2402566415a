import { closeSync, fsyncSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, open, type RootDatabase } from 'lmdb';

/** A record batch on its way to the disk. */
export interface StoredBlock {
  readonly key: Buffer;
  readonly value: Buffer;
}

/** A small record of the log itself: a topic, the end of a partition, the position of a group. `v` is its version. */
export interface StoredState {
  readonly key: readonly (string | number)[];
  readonly value: Readonly<Record<string, string | number>>;
}

const KEY_BYTES = 16;
const MAX_OFFSET = Number.MAX_SAFE_INTEGER;

/** Topic number, partition, offset of the first record, all big-endian: one partition's blocks lie side by side, in order. */
export function blockKey(topicId: number, partition: number, offset: number): Buffer {
  const key = Buffer.allocUnsafe(KEY_BYTES);
  key.writeUInt32BE(topicId, 0);
  key.writeUInt32BE(partition, 4);
  key.writeBigUInt64BE(BigInt(offset), 8);
  return key;
}

function offsetOf(key: Uint8Array): number {
  return Number(Buffer.from(key.buffer, key.byteOffset, key.byteLength).readBigUInt64BE(8));
}

/**
 * The log's LMDB. It is opened without lmdb-js' overlapping sync, so that a write's promise resolves only when LMDB has
 * flushed the pages and then the root that makes them valid, and rejects if either failed. One flush serves all who wait
 * (see `GroupCommit`), so nothing is gained by letting commits overlap their flushes.
 */
export class BlockStore {
  private readonly root: RootDatabase;
  private readonly blocks: Database<Buffer, Buffer>;
  private readonly state: Database<StoredState['value'], (string | number)[]>;

  constructor(directory: string) {
    // Each write is a batch of its own; a batch of the event loop's turn around it would have a promise that nobody handles.
    const options = { overlappingSync: false, eventTurnBatching: false, maxDbs: 4 };
    this.root = open(join(directory, 'log.mdb'), options);
    this.blocks = this.root.openDB({ name: 'blocks', encoding: 'binary', keyEncoding: 'binary' });
    this.state = this.root.openDB({ name: 'state', encoding: 'json' });
    syncDirectory(directory);
  }

  /** One transaction, on disk when the promise resolves; rejects, with nothing written, if that failed. */
  async write(blocks: readonly StoredBlock[], states: readonly StoredState[]): Promise<void> {
    await this.transact(() => {
      for (const block of blocks) {
        this.blocks.put(block.key, block.value);
      }
      this.putStates(states);
    });
  }

  async remove(keys: readonly Buffer[], states: readonly StoredState[]): Promise<void> {
    await this.transact(() => {
      for (const key of keys) {
        this.blocks.remove(key);
      }
      this.putStates(states);
    });
  }

  get(key: Buffer): Buffer | undefined {
    return this.blocks.getBinary(key);
  }

  /** Offset of the first block at or after `offset`. */
  firstFrom(topicId: number, partition: number, offset: number): number | undefined {
    return this.firstOffset(blockKey(topicId, partition, offset), blockKey(topicId, partition, MAX_OFFSET), false);
  }

  /** Offset of the last block at or before `offset`. */
  lastUpTo(topicId: number, partition: number, offset: number): number | undefined {
    return this.firstOffset(blockKey(topicId, partition, offset), blockKey(topicId, partition, 0), true);
  }

  getState(key: StoredState['key']): StoredState['value'] | undefined {
    return this.state.get([...key]);
  }

  /** All states whose key begins with `kind`. */
  states(kind: string): StoredState[] {
    const found: StoredState[] = [];
    for (const { key, value } of this.state.getRange({ start: [kind] })) {
      if (key[0] !== kind) {
        break;
      }
      found.push({ key, value });
    }
    return found;
  }

  close(): Promise<void> {
    return this.root.close();
  }

  private putStates(states: readonly StoredState[]): void {
    for (const { key, value } of states) {
      this.state.put([...key], value);
    }
  }

  private async transact(writes: () => void): Promise<void> {
    try {
      await this.root.batch(writes);
    } catch (error) {
      // lmdb-js rejects with a general error that carries the cause as a promise; unhandled, that would end the process.
      const cause = (error as { commitError?: Promise<never> }).commitError;
      throw await Promise.resolve(cause).then(
        () => error,
        (reason: unknown) => reason,
      );
    }
  }

  private firstOffset(start: Buffer, end: Buffer, reverse: boolean): number | undefined {
    for (const key of this.blocks.getKeys({ start, end, reverse, limit: 1, inclusiveEnd: true })) {
      return offsetOf(key);
    }
    return undefined;
  }
}

/** Makes sure that a file that was just created is still there after a power failure. */
function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
