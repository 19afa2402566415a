import { type Encoder, newEncoder, type Protocol } from '../connection/kafkajs-internals.js';
import { isHopeless, KAFKA_ERROR } from '../connection/protocol-errors.js';
import { ResponseCursor } from '../connection/response-cursor.js';
import type { BatchOutcome, LaneBatch } from './lane-batch.js';

const PRODUCE = 0;
/** From Kafka 2.1 on. */
const VERSION = 7;
const ACKS_ALL = -1;
const FRAME_BYTES = 1024;

interface Decoded {
  readonly outcomes: readonly BatchOutcome[];
  /** Read by kafkajs, which holds back the next requests for so long. */
  readonly clientSideThrottleTime: number;
}

/** One produce request for these batches, at most one of each partition, acknowledged by all replicas in sync. */
export function produceRequest(batches: readonly LaneBatch[], timeoutMs: number): Protocol<Decoded> {
  return {
    request: {
      apiKey: PRODUCE,
      apiVersion: VERSION,
      apiName: 'Produce',
      expectResponse: () => true,
      encode: async () => encode(batches, timeoutMs),
    },
    response: {
      decode: async (data) => decode(data, batches),
      parse: async (decoded) => decoded,
    },
  };
}

function encode(batches: readonly LaneBatch[], timeoutMs: number): Encoder {
  const topics = byTopic(batches);
  const bytes = batches.reduce((sum, batch) => sum + batch.payload.length, FRAME_BYTES);
  const encoder = newEncoder(bytes).writeString(null).writeInt16(ACKS_ALL).writeInt32(timeoutMs);
  encoder.writeInt32(topics.size);
  for (const [topic, ofTopic] of topics) {
    encoder.writeString(topic).writeInt32(ofTopic.length);
    for (const { queue, payload } of ofTopic) {
      encoder.writeInt32(queue.name.partition).writeInt32(payload.length).writeBuffer(payload);
    }
  }
  return encoder;
}

function byTopic(batches: readonly LaneBatch[]): Map<string, LaneBatch[]> {
  const topics = new Map<string, LaneBatch[]>();
  for (const batch of batches) {
    const { topic } = batch.queue.name;
    const ofTopic = topics.get(topic);
    if (ofTopic === undefined) {
      topics.set(topic, [batch]);
    } else {
      ofTopic.push(batch);
    }
  }
  return topics;
}

function decode(data: Buffer, batches: readonly LaneBatch[]): Decoded {
  const cursor = new ResponseCursor(data);
  const codes = new Map<string, number>();
  cursor.list(() => {
    const topic = cursor.text();
    cursor.list(() => {
      codes.set(`${cursor.int32()} ${topic}`, cursor.int16());
      cursor.int64(); // offset of the first record
      cursor.int64(); // when it was appended
      cursor.int64(); // where the log begins
    });
  });
  const outcomes = batches.map(({ queue }) => outcomeOf(codes.get(`${queue.name.partition} ${queue.name.topic}`)));
  return { outcomes, clientSideThrottleTime: cursor.int32() };
}

function outcomeOf(errorCode: number | undefined): BatchOutcome {
  if (errorCode === KAFKA_ERROR.none) {
    return 'stored';
  }
  return errorCode !== undefined && isHopeless(errorCode) ? 'rejected' : 'refused';
}
