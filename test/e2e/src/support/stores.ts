import { randomBytes } from 'node:crypto';
import { describe } from '@jest/globals';
import { sharedParts } from '@mooring/test-parts';

/** Stores that a hub runs on. */
export interface Stores {
  readonly name: 'embedded' | 'distributed';
  /** Settings for a hub that finds these stores empty. */
  environment(): Record<string, string>;
}

const EMBEDDED: Stores = { name: 'embedded', environment: () => ({}) };

const DISTRIBUTED: Stores = {
  name: 'distributed',
  environment: () => {
    const { kafkaBrokers, redisUrl, mongoUrl } = sharedParts();
    const name = `e2e-${randomBytes(6).toString('hex')}`;
    return {
      MOORING_KAFKA_BROKERS: kafkaBrokers.join(','),
      MOORING_REDIS_URL: redisUrl,
      MOORING_MONGO_URL: mongoUrl,
      MOORING_MONGO_DATABASE: name,
      MOORING_TOPIC_PREFIX: name,
      MOORING_REDIS_PREFIX: name,
    };
  },
};

/** Declares the same tests for a hub on embedded stores and for one on Kafka, Redis and MongoDB's protocol. */
export function onEveryStore(subject: string, declare: (stores: Stores) => void): void {
  for (const stores of [EMBEDDED, DISTRIBUTED]) {
    describe(`${subject}, on ${stores.name} stores`, () => declare(stores));
  }
}
