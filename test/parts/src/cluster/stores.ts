import { type KafkaOptions, type KafkaPart, startKafka } from '../kafka/kafka-part.js';
import { type MongoPart, startMongo } from '../mongo/mongo-part.js';
import { type RedisPart, startRedis } from '../redis/redis-part.js';
import type { SharedParts } from '../shared/shared-parts.js';

/** Stores that a test may break, since they are its own. */
export interface Stores extends SharedParts {
  readonly kafka: KafkaPart;
  readonly redis: RedisPart;
  /** Durable. */
  readonly mongo: MongoPart;
  close(): Promise<void>;
}

export interface StoresOptions {
  readonly kafka?: KafkaOptions;
}

/** Starts Kafka, Redis and a durable server of MongoDB's protocol. Where Kafka is proxied, the hub's way to it is by the proxies. */
export async function startStores(options: StoresOptions = {}): Promise<Stores> {
  const outcomes = await Promise.allSettled([
    startKafka(options.kafka),
    startRedis(),
    startMongo({ durable: true }),
  ] as const);
  const [kafka, redis, mongo] = outcomes;
  if (kafka.status === 'rejected' || redis.status === 'rejected' || mongo.status === 'rejected') {
    const started = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    await Promise.all(started.map((part) => part.close()));
    throw outcomes.find((outcome) => outcome.status === 'rejected')?.reason;
  }
  const parts = [kafka.value, redis.value, mongo.value] as const;
  return {
    kafka: kafka.value,
    redis: redis.value,
    mongo: mongo.value,
    kafkaBrokers: options.kafka?.proxied ? kafka.value.proxiedBrokers : kafka.value.brokers,
    redisUrl: redis.value.url,
    mongoUrl: mongo.value.url,
    close: async () => {
      await Promise.all(parts.map((part) => part.close()));
    },
  };
}
