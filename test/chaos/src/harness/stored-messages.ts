import { randomBytes } from 'node:crypto';
import { GHOST } from '@mooring/test-fleet';
import { until } from '@mooring/test-parts';
import { Kafka, logLevel } from 'kafkajs';

export interface StoredMessages {
  /** Per device, the numbers in the order in which the topic holds them. */
  readonly numbers: ReadonlyMap<string, readonly number[]>;
  /** Devices by which something was sent on a connection that they had left, once for each such message. */
  readonly ghosts: readonly string[];
}

const READ_TIMEOUT_MS = 60_000;

/** Reads a whole topic of the hub, up to what each partition holds now. */
export async function readTopic(brokers: readonly string[], topic: string): Promise<StoredMessages> {
  const kafka = new Kafka({ brokers: [...brokers], clientId: 'chaos', logLevel: logLevel.NOTHING });
  const left = await endsOf(kafka, topic);
  const numbers = new Map<string, number[]>();
  const ghosts: string[] = [];
  const consumer = kafka.consumer({ groupId: `chaos-${randomBytes(6).toString('hex')}` });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        for (const { key, value } of batch.messages) {
          const device = String(key);
          if (String(value) === GHOST) {
            ghosts.push(device);
            continue;
          }
          const known = numbers.get(device) ?? [];
          numbers.set(device, known);
          known.push(Number(String(value)));
        }
        if (Number(batch.lastOffset()) >= (left.get(batch.partition) ?? 0) - 1) {
          left.delete(batch.partition);
        }
      },
    });
    await until(() => left.size === 0, { what: `the end of ${topic}`, timeoutMs: READ_TIMEOUT_MS });
  } finally {
    await consumer.disconnect();
  }
  return { numbers, ghosts };
}

/** The offset behind the last message of each partition that holds any. */
async function endsOf(kafka: Kafka, topic: string): Promise<Map<number, number>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const offsets = await admin.fetchTopicOffsets(topic);
    return new Map(
      offsets.filter(({ high }) => Number(high) > 0).map(({ partition, high }) => [partition, Number(high)]),
    );
  } finally {
    await admin.disconnect();
  }
}
