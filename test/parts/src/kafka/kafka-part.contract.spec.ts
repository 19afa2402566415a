import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { until } from '../process/until.js';
import { type KafkaPart, startKafka } from './kafka-part.js';

let part: KafkaPart;

beforeAll(async () => {
  part = await startKafka({ proxied: true });
}, 120_000);

afterAll(() => part.close());

const client = (brokers: readonly string[]) =>
  new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, retry: { retries: 0 }, requestTimeout: 2000 });

async function send(brokers: readonly string[], value: string): Promise<string | undefined> {
  const producer = client(brokers).producer();
  try {
    await producer.connect();
    const [sent] = await producer.send({ topic: 'kept', acks: -1, messages: [{ partition: 0, value }] });
    return sent?.baseOffset;
  } finally {
    await producer.disconnect();
  }
}

test('keeps its data and its port over a kill; clients through the proxy see what the proxy does', async () => {
  const admin = client(part.brokers).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 1 }] });
  await admin.disconnect();
  const [node] = part.nodes;

  expect(await send(part.brokers, 'a')).toBe('0');
  await node?.kill();
  await expect(send(part.brokers, 'lost')).rejects.toThrow();
  await node?.start();
  await part.ready();
  expect(await send(part.proxiedBrokers, 'b')).toBe('1');

  node?.proxy?.answers('swallow');
  await expect(send(part.proxiedBrokers, 'c')).rejects.toThrow();
  node?.proxy?.answers('forward');
  expect(await send(part.brokers, 'd')).toBe('2');

  node?.freeze();
  await expect(send(part.brokers, 'e')).rejects.toThrow();
  node?.thaw();
  await until(() => send(part.brokers, 'f'), { what: 'a produce after the thaw', timeoutMs: 30_000 });
}, 120_000);
