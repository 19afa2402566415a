import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { EventLogError } from '../errors.js';
import type { StoredRecord } from '../port.js';
import { crc32c } from './crc32c.js';
import { ATTRIBUTE, BATCH_HEADER_BYTES, FIELD, MAGIC } from './record-batch-format.js';
import { RecordCursor } from './record-cursor.js';

const GZIP = 1;
const ZSTD = 4;
/** A batch that unpacks to more is refused. */
const MAX_UNPACKED_BYTES = 64 * 1024 * 1024;

export interface BatchHeader {
  readonly baseOffset: number;
  /** Offset after the batch's last record. */
  readonly nextOffset: number;
  readonly attributes: number;
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  readonly count: number;
  /** Of the whole batch. */
  readonly bytes: number;
}

/** The header of the batch at the start of `data`; none if `data` ends before the batch does. */
export function readBatchHeader(data: Buffer): BatchHeader | undefined {
  if (data.length < BATCH_HEADER_BYTES) {
    return undefined;
  }
  const bytes = data.readInt32BE(FIELD.length) + FIELD.leaderEpoch;
  if (data[FIELD.magic] !== MAGIC || bytes < BATCH_HEADER_BYTES) {
    throw new EventLogError(`A batch of the event log has form ${data[FIELD.magic]}; this program reads ${MAGIC}.`);
  }
  if (data.length < bytes) {
    return undefined;
  }
  const baseOffset = Number(data.readBigInt64BE(FIELD.baseOffset));
  return {
    baseOffset,
    nextOffset: baseOffset + data.readInt32BE(FIELD.lastOffsetDelta) + 1,
    attributes: data.readInt16BE(FIELD.attributes),
    baseTimestamp: Number(data.readBigInt64BE(FIELD.baseTimestamp)),
    maxTimestamp: Number(data.readBigInt64BE(FIELD.maxTimestamp)),
    count: data.readInt32BE(FIELD.count),
    bytes,
  };
}

export interface BatchSource {
  readonly topic: string;
  readonly partition: number;
}

/**
 * The records of the whole batch at the start of `data`. Keys, headers and values are views of `data`.
 * @throws EventLogError if the batch is damaged, or compressed in a way that cannot be read
 */
export function readRecordBatch(data: Buffer, header: BatchHeader, source: BatchSource): StoredRecord[] {
  const batch = data.subarray(0, header.bytes);
  if (batch.readUInt32BE(FIELD.crc) !== crc32c(batch, FIELD.attributes, batch.length)) {
    throw new EventLogError(`Partition ${source.partition} of ${source.topic} is damaged at ${header.baseOffset}.`);
  }
  const records: StoredRecord[] = [];
  if (header.attributes & ATTRIBUTE.control) {
    return records;
  }
  const cursor = new RecordCursor(unpacked(batch.subarray(BATCH_HEADER_BYTES), header.attributes));
  const sameTime = (header.attributes & ATTRIBUTE.logAppendTime) !== 0;
  for (let i = 0; i < header.count; i++) {
    const raw = cursor.record();
    records.push({
      topic: source.topic,
      partition: source.partition,
      offset: header.baseOffset + raw.offsetDelta,
      timestamp: sameTime ? header.maxTimestamp : header.baseTimestamp + raw.timestampDelta,
      key: raw.key,
      headers: raw.headers,
      value: raw.value,
    });
  }
  return records;
}

function unpacked(records: Buffer, attributes: number): Buffer {
  const compression = attributes & ATTRIBUTE.compression;
  switch (compression) {
    case 0:
      return records;
    case GZIP:
      return gunzipSync(records, { maxOutputLength: MAX_UNPACKED_BYTES });
    case ZSTD:
      return zstdDecompressSync(records, { maxOutputLength: MAX_UNPACKED_BYTES });
    default:
      throw new EventLogError(`Records that are compressed with method ${compression} of Kafka cannot be read.`);
  }
}
