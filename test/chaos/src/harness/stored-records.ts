import { randomBytes } from 'node:crypto';
import { changeOf, GHOST, type TwinChange, type TwinDocument } from '@mooring/test-fleet';
import { until } from '@mooring/test-parts';
import { Kafka, type KafkaMessage, logLevel } from 'kafkajs';

export interface StoredRecords {
  /** Per device, the numbers in the order in which the topic holds them. */
  readonly numbers: ReadonlyMap<string, readonly number[]>;
  /** Devices by which something was sent on a connection that they had left, once for each such message. */
  readonly ghosts: readonly string[];
  /** Per device, the changes of its twin in the order of the topic. */
  readonly changes: ReadonlyMap<string, readonly TwinChange[]>;
}

const READ_TIMEOUT_MS = 60_000;
const SOURCE = 'iothub-message-source';

/** Reads a whole topic of the hub, up to what each partition holds now. */
export async function readTopic(brokers: readonly string[], topic: string): Promise<StoredRecords> {
  const kafka = new Kafka({ brokers: [...brokers], clientId: 'chaos', logLevel: logLevel.NOTHING });
  const left = await endsOf(kafka, topic);
  const found = new Found();
  const consumer = kafka.consumer({ groupId: `chaos-${randomBytes(6).toString('hex')}` });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        for (const message of batch.messages) {
          found.add(message);
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
  return found;
}

class Found implements StoredRecords {
  readonly numbers = new Map<string, number[]>();
  readonly ghosts: string[] = [];
  readonly changes = new Map<string, TwinChange[]>();

  add({ key, value, headers }: KafkaMessage): void {
    const device = String(key);
    const source = String(headers?.[SOURCE]);
    if (source === 'twinChangeEvents') {
      append(this.changes, device, changeOf(JSON.parse(String(value)) as TwinDocument));
    } else if (source === 'Telemetry' && String(value) === GHOST) {
      this.ghosts.push(device);
    } else if (source === 'Telemetry') {
      append(this.numbers, device, Number(String(value)));
    }
  }
}

function append<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const known = lists.get(key);
  if (known === undefined) {
    lists.set(key, [item]);
  } else {
    known.push(item);
  }
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
