import { randomBytes } from 'node:crypto';
import { describe } from '@jest/globals';
import { type HubAccess, sharedParts, startCluster, startHub } from '@mooring/test-parts';

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

export const STORES: readonly Stores[] = [EMBEDDED, DISTRIBUTED];

/** Declares the same tests for a hub on embedded stores and for one on Kafka, Redis and MongoDB's protocol. */
export function onEveryStore(subject: string, declare: (stores: Stores) => void): void {
  for (const stores of STORES) {
    describe(`${subject}, on ${stores.name} stores`, () => declare(stores));
  }
}

/** A hub that runs somehow. */
export interface RunningHub extends HubAccess {
  close(): Promise<void>;
}

const WAYS: readonly (readonly [way: string, start: () => Promise<RunningHub>])[] = [
  ['in one process on embedded stores', () => startHub({ environment: EMBEDDED.environment() })],
  ['in one process on distributed stores', () => startHub({ environment: DISTRIBUTED.environment() })],
  ['as many processes', () => startCluster({ stores: sharedParts() })],
];

/** Declares the same tests for a hub in one process, on both kinds of stores, and for one of many processes. */
export function onEveryHub(subject: string, declare: (start: () => Promise<RunningHub>) => void): void {
  for (const [way, start] of WAYS) {
    describe(`${subject}, of a hub ${way}`, () => declare(start));
  }
}
