import { Kafka, logLevel } from 'kafkajs';
import { until } from '../process/until.js';

function client(brokers: readonly string[]): Kafka {
  return new Kafka({
    clientId: 'mooring-test-parts',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1000,
    requestTimeout: 1000,
    retry: { retries: 0 },
  });
}

/** Whether the broker answers for itself and knows of a controller. */
export async function answersKafka(broker: string): Promise<boolean> {
  const admin = client([broker]).admin();
  try {
    await admin.connect();
    const { brokers, controller } = await admin.describeCluster();
    return controller !== null && brokers.some(({ host, port }) => `${host}:${port}` === broker);
  } finally {
    await admin.disconnect();
  }
}

const topic = 'mooring.test.ready';

/**
 * Resolves once all brokers have joined, a record was written on every one of them and a group was joined: a coordinator
 * that is new answers at first that it is loading.
 */
export async function kafkaIsReady(brokers: readonly string[], timeoutMs: number): Promise<void> {
  const kafka = client(brokers);
  const admin = kafka.admin();
  const step = <T>(what: string, attempt: () => Promise<T>): Promise<NonNullable<T>> =>
    until(attempt, { what: `Kafka: ${what}`, timeoutMs, everyMs: 50 });
  await step('a connection', async () => {
    await admin.connect();
    return true;
  });
  try {
    await step('all brokers', async () => (await admin.describeCluster()).brokers.length === brokers.length);
    await step('a topic', async () => {
      const has = (await admin.listTopics()).includes(topic);
      const [numPartitions, replicationFactor] = [brokers.length, brokers.length];
      return has || (await admin.createTopics({ topics: [{ topic, numPartitions, replicationFactor }] }));
    });
    await step('a produce to every partition', () => produce(kafka, brokers.length));
    await step('a group join', () => join(kafka));
  } finally {
    await admin.disconnect();
  }
}

async function produce(kafka: Kafka, partitions: number): Promise<boolean> {
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  try {
    await producer.connect();
    const messages = Array.from({ length: partitions }, (_, partition) => ({ partition, value: 'ready' }));
    await producer.send({ topic, acks: -1, messages });
    return true;
  } finally {
    await producer.disconnect();
  }
}

async function join(kafka: Kafka): Promise<boolean> {
  const consumer = kafka.consumer({ groupId: topic, allowAutoTopicCreation: false, maxWaitTimeInMs: 50 });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic] });
    const joined = new Promise<boolean>((resolve, reject) => {
      consumer.on(consumer.events.GROUP_JOIN, () => resolve(true));
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    });
    await consumer.run({ eachMessage: async () => undefined });
    return await joined;
  } finally {
    await consumer.disconnect();
  }
}
