import type { LogRecord } from '../port.js';
import { MAX_VARINT_BYTES, writeVarint } from './varint.js';

/** Version, timestamp of the append, count of records; see `BlockReader` for the whole form. */
export const BLOCK_VERSION = 1;
export const BLOCK_HEADER_BYTES = 1 + 8 + 4;
/** A block beyond this is closed and the next one begun: what a reader must load for one record stays small. */
const BLOCK_BYTES = 64 * 1024;
const FIRST_BYTES = 2 * 1024;
const LENGTH_BYTES = 4;
/** Up to this length a loop over ASCII characters is faster than a native call. */
const SHORT_TEXT = 40;

/** Collects records of one partition, encoded, until the next flush. */
export class BlockWriter {
  count = 0;
  private buffer = Buffer.allocUnsafe(FIRST_BYTES);
  private position = BLOCK_HEADER_BYTES;

  get full(): boolean {
    return this.position >= BLOCK_BYTES;
  }

  /** @returns how many bytes it took */
  append(record: LogRecord): number {
    const names = Object.keys(record.headers);
    this.reserve(sizeBound(record, names));
    const start = this.position;
    let at = writeText(this.buffer, record.key, start + LENGTH_BYTES);
    at = writeVarint(this.buffer, names.length, at);
    for (const name of names) {
      at = writeText(this.buffer, name, at);
      const value = record.headers[name] ?? '';
      at = typeof value === 'string' ? writeText(this.buffer, value, at) : writeBytes(this.buffer, value, at);
    }
    at += record.value.copy(this.buffer, at);
    this.buffer.writeUInt32LE(at - start - LENGTH_BYTES, start);
    this.position = at;
    this.count++;
    return at - start;
  }

  /** The block as it is stored. Nothing may be appended after this. */
  close(timestamp: number): Buffer {
    this.buffer[0] = BLOCK_VERSION;
    this.buffer.writeDoubleLE(timestamp, 1);
    this.buffer.writeUInt32LE(this.count, 9);
    return this.buffer.subarray(0, this.position);
  }

  private reserve(bytes: number): void {
    const needed = this.position + bytes;
    if (needed > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2));
      this.buffer.copy(larger, 0, 0, this.position);
      this.buffer = larger;
    }
  }
}

function sizeBound(record: LogRecord, names: readonly string[]): number {
  let bound = LENGTH_BYTES + MAX_VARINT_BYTES * 2 + record.key.length * 3 + record.value.length;
  for (const name of names) {
    bound += MAX_VARINT_BYTES * 2 + (name.length + (record.headers[name]?.length ?? 0)) * 3;
  }
  return bound;
}

function writeBytes(target: Buffer, value: Buffer, position: number): number {
  const at = writeVarint(target, value.length, position);
  return at + value.copy(target, at);
}

/** Length in bytes, then UTF-8. */
function writeText(target: Buffer, text: string, position: number): number {
  if (text.length <= SHORT_TEXT) {
    let at = position;
    target[at++] = text.length;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) {
        return writeLongText(target, text, position);
      }
      target[at++] = code;
    }
    return at;
  }
  return writeLongText(target, text, position);
}

function writeLongText(target: Buffer, text: string, position: number): number {
  const at = writeVarint(target, Buffer.byteLength(text, 'utf8'), position);
  return at + target.write(text, at, 'utf8');
}
