import { EventLogError } from '../../errors.js';
import type { StoredRecord } from '../../port.js';
import { readBatchHeader, readRecordBatch } from '../../records/record-batch-reader.js';
import { type Protocol, requestOf } from '../connection/kafkajs-internals.js';
import { ResponseCursor } from '../connection/response-cursor.js';
import type { PartitionName } from '../partition-name.js';

/** From Kafka 2.3 on. */
const VERSION = 11;
const CONSUMER = -1;

export interface FetchPosition extends PartitionName {
  readonly offset: number;
}

export interface FetchLimits {
  /** How long the broker waits for the first byte. */
  readonly maxWaitMs: number;
  readonly maxBytes: number;
  readonly maxPartitionBytes: number;
}

/** What a broker has of a partition, from the offset asked for on. */
export interface FetchedPartition extends PartitionName {
  readonly errorCode: number;
  /** Offset after the newest record that all replicas in sync have. */
  readonly endOffset: number;
  readonly beginningOffset: number;
  /** Whole record batches, perhaps followed by a part of one. */
  readonly data: Buffer;
}

export function fetchRequest(
  positions: readonly FetchPosition[],
  limits: FetchLimits,
): Protocol<readonly FetchedPartition[]> {
  const topics = new Map<string, { partition: number; fetchOffset: number; maxBytes: number }[]>();
  for (const { topic, partition, offset } of positions) {
    const partitions = topics.get(topic) ?? [];
    partitions.push({ partition, fetchOffset: offset, maxBytes: limits.maxPartitionBytes });
    topics.set(topic, partitions);
  }
  const { request } = requestOf('Fetch', VERSION, {
    replicaId: CONSUMER,
    maxWaitTime: limits.maxWaitMs,
    minBytes: 1,
    maxBytes: limits.maxBytes,
    isolationLevel: 0,
    topics: [...topics].map(([topic, partitions]) => ({ topic, partitions })),
  });
  return { request, response: { decode: async (data) => decode(data), parse: async (partitions) => partitions } };
}

function decode(data: Buffer): FetchedPartition[] {
  const cursor = new ResponseCursor(data);
  cursor.int32(); // throttle time
  const errorCode = cursor.int16();
  cursor.int32(); // session
  if (errorCode !== 0) {
    throw new EventLogError(`Kafka refuses to be read (error ${errorCode}).`);
  }
  const fetched: FetchedPartition[] = [];
  cursor.list(() => {
    const topic = cursor.text();
    cursor.list(() => fetched.push(decodePartition(cursor, topic)));
  });
  return fetched;
}

function decodePartition(cursor: ResponseCursor, topic: string): FetchedPartition {
  const partition = cursor.int32();
  const errorCode = cursor.int16();
  const endOffset = cursor.int64();
  cursor.int64(); // end of what is not in a transaction
  const beginningOffset = cursor.int64();
  cursor.list(() => [cursor.int64(), cursor.int64()]); // aborted transactions
  cursor.int32(); // replica that would rather be read
  return { topic, partition, errorCode, endOffset, beginningOffset, data: cursor.bytes() };
}

/** The records from `offset` on, and where to go on: batches may begin before it, and may hold nothing that can be read. */
export function recordsFrom(
  fetched: FetchedPartition,
  offset: number,
): { readonly records: StoredRecord[]; readonly nextOffset: number } {
  const records: StoredRecord[] = [];
  let nextOffset = offset;
  let rest = fetched.data;
  for (let header = readBatchHeader(rest); header !== undefined; header = readBatchHeader(rest)) {
    for (const record of readRecordBatch(rest, header, fetched)) {
      if (record.offset >= offset) {
        records.push(record);
      }
    }
    nextOffset = Math.max(nextOffset, header.nextOffset);
    rest = rest.subarray(header.bytes);
  }
  return { records, nextOffset };
}
