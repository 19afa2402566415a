import type { LogRecord } from '../port.js';
import { crc32c } from './crc32c.js';
import { BATCH_HEADER_BYTES, FIELD, MAGIC } from './record-batch-format.js';
import { MAX_VARINT_BYTES, sizeOfLength, writeLength } from './varint.js';

const USUAL_BYTES = 2 * 1024;
/** Attributes, time delta, key length, value length, number of headers, offset delta, and the record's own length. */
const RECORD_OVERHEAD = 2 + MAX_VARINT_BYTES * 5;
/** Bytes kept free for a record's length until it is known: right for all but the smallest and the largest. */
const USUAL_LENGTH_BYTES = 2;
/** Up to this length a loop over ASCII characters is faster than a native call. */
const SHORT_TEXT = 40;

/** Collects records, encoded, into one batch of Kafka's form: what both adapters store or send. */
export class RecordBatchWriter {
  count = 0;
  private buffer: Buffer;
  private position = BATCH_HEADER_BYTES;

  /** @param expectedBytes of all records, if that is known; it grows as needed */
  constructor(expectedBytes = USUAL_BYTES) {
    this.buffer = Buffer.allocUnsafe(BATCH_HEADER_BYTES + expectedBytes);
  }

  /** Bytes so far. */
  get size(): number {
    return this.position;
  }

  /** @returns how many bytes it took */
  append(record: LogRecord): number {
    const names = Object.keys(record.headers);
    this.reserve(sizeBound(record, names));
    const { buffer } = this;
    const start = this.position;
    const body = start + USUAL_LENGTH_BYTES;
    buffer[body] = 0; // attributes
    buffer[body + 1] = 0; // time after the batch's
    let at = writeLength(buffer, this.count, body + 2);
    at = writeText(buffer, record.key, at);
    at = writeBytes(buffer, record.value, at);
    at = writeLength(buffer, names.length, at);
    for (const name of names) {
      at = writeText(buffer, name, at);
      const value = record.headers[name] ?? '';
      at = typeof value === 'string' ? writeText(buffer, value, at) : writeBytes(buffer, value, at);
    }
    this.position = this.putLength(start, at);
    this.count++;
    return this.position - start;
  }

  /** The batch as it is stored or sent. Nothing may be appended after this. */
  close(baseOffset: number, timestamp: number): Buffer {
    const batch = this.buffer.subarray(0, this.position);
    batch.writeBigInt64BE(BigInt(baseOffset), FIELD.baseOffset);
    batch.writeInt32BE(this.position - FIELD.leaderEpoch, FIELD.length);
    batch.writeInt32BE(-1, FIELD.leaderEpoch);
    batch.writeInt8(MAGIC, FIELD.magic);
    batch.writeInt16BE(0, FIELD.attributes);
    batch.writeInt32BE(this.count - 1, FIELD.lastOffsetDelta);
    batch.writeBigInt64BE(BigInt(timestamp), FIELD.baseTimestamp);
    batch.writeBigInt64BE(BigInt(timestamp), FIELD.maxTimestamp);
    // No producer id, epoch and sequence: idempotence is not used.
    batch.fill(0xff, FIELD.producerId, FIELD.count);
    batch.writeInt32BE(this.count, FIELD.count);
    batch.writeUInt32BE(crc32c(batch, FIELD.attributes, batch.length), FIELD.crc);
    return batch;
  }

  private putLength(start: number, end: number): number {
    const body = start + USUAL_LENGTH_BYTES;
    const length = end - body;
    const size = sizeOfLength(length);
    if (size !== USUAL_LENGTH_BYTES) {
      this.buffer.copyWithin(start + size, body, end);
    }
    writeLength(this.buffer, length, start);
    return start + size + length;
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
  let bound = RECORD_OVERHEAD + record.key.length * 3 + record.value.length;
  for (const name of names) {
    bound += MAX_VARINT_BYTES * 2 + (name.length + (record.headers[name]?.length ?? 0)) * 3;
  }
  return bound;
}

function writeBytes(target: Buffer, value: Buffer, position: number): number {
  const at = writeLength(target, value.length, position);
  return at + value.copy(target, at);
}

/** Length in bytes, then UTF-8. */
function writeText(target: Buffer, text: string, position: number): number {
  if (text.length > SHORT_TEXT) {
    return writeAnyText(target, text, position);
  }
  let at = writeLength(target, text.length, position);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) {
      return writeAnyText(target, text, position);
    }
    target[at++] = code;
  }
  return at;
}

function writeAnyText(target: Buffer, text: string, position: number): number {
  const at = writeLength(target, Buffer.byteLength(text, 'utf8'), position);
  return at + target.write(text, at, 'utf8');
}
