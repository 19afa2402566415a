import { EventLogError } from '../errors.js';
import type { StoredRecord } from '../port.js';
import { BLOCK_HEADER_BYTES, BLOCK_VERSION } from './block-writer.js';

/** Where a block stands: its topic, its partition, the offset of its first record. */
export interface BlockAddress {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export interface BlockHeader {
  readonly timestamp: number;
  readonly count: number;
}

export function readBlockHeader(block: Buffer): BlockHeader {
  if (block.length < BLOCK_HEADER_BYTES || block[0] !== BLOCK_VERSION) {
    throw new EventLogError(`A block of the event log has version ${block[0]}; this program reads ${BLOCK_VERSION}.`);
  }
  return { timestamp: block.readDoubleLE(1), count: block.readUInt32LE(9) };
}

/**
 * The records of a block: version (1 byte), timestamp (8, little-endian double), count (4), then of each record its length
 * (4), key, number of headers, their names and values, each with its length as a varint; the rest is the record's value.
 */
export function readBlock(block: Buffer, address: BlockAddress): StoredRecord[] {
  const { timestamp, count } = readBlockHeader(block);
  const cursor = new Cursor(block);
  const records: StoredRecord[] = [];
  for (let i = 0; i < count; i++) {
    const end = cursor.startRecord();
    const key = cursor.text();
    const headers: Record<string, Buffer> = Object.create(null);
    for (let left = cursor.varint(); left > 0; left--) {
      const name = cursor.text();
      headers[name] = cursor.bytes();
    }
    const value = cursor.until(end);
    records.push({
      topic: address.topic,
      partition: address.partition,
      offset: address.offset + i,
      timestamp,
      key,
      headers,
      value,
    });
  }
  return records;
}

class Cursor {
  private position = BLOCK_HEADER_BYTES;

  constructor(private readonly block: Buffer) {}

  /** @returns where the record ends */
  startRecord(): number {
    const length = this.block.readUInt32LE(this.position);
    this.position += 4;
    return this.position + length;
  }

  varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.block[this.position++] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte <= 0x7f) {
        return value;
      }
    }
  }

  text(): string {
    const length = this.varint();
    const text = this.block.toString('utf8', this.position, this.position + length);
    this.position += length;
    return text;
  }

  bytes(): Buffer {
    return this.until(this.varint() + this.position);
  }

  until(end: number): Buffer {
    const bytes = this.block.subarray(this.position, end);
    this.position = end;
    return bytes;
  }
}
