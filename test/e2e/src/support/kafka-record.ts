import { randomBytes } from 'node:crypto';
import { sharedParts } from '@mooring/test-parts';
import { Kafka, type KafkaMessage, logLevel } from 'kafkajs';

/** Waits for the first record of a device in a topic, with these headers, as any consumer of Kafka would see it. */
export async function recordOfDevice(
  topic: string,
  deviceId: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<KafkaMessage> {
  const kafka = new Kafka({ brokers: [...sharedParts().kafkaBrokers], logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `e2e-${randomBytes(6).toString('hex')}` });
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    return await new Promise<KafkaMessage>((resolve, reject) => {
      consumer
        .run({
          eachMessage: async ({ message }) => {
            const has = Object.entries(headers).every(([name, value]) => message.headers?.[name]?.toString() === value);
            if (message.key?.toString() === deviceId && has) {
              resolve(message);
            }
          },
        })
        .catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
}
