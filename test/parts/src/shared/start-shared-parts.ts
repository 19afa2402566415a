import { startKafka } from '../kafka/kafka-part.js';
import { startMongo } from '../mongo/mongo-part.js';
import { startRedis } from '../redis/redis-part.js';
import { partVariables, STARTED_VARIABLE } from './shared-parts.js';

interface Started {
  readonly address: string;
  close(): Promise<void>;
}

const starts: Readonly<Record<keyof typeof partVariables, () => Promise<Started>>> = {
  kafka: async () => {
    const kafka = await startKafka();
    return { address: kafka.brokers.join(','), close: () => kafka.close() };
  },
  redis: async () => {
    const redis = await startRedis();
    return { address: redis.url, close: () => redis.close() };
  },
  mongo: async () => {
    const mongo = await startMongo();
    return { address: mongo.url, close: () => mongo.close() };
  },
};

/**
 * Starts the parts that the environment does not name and names them there, for the processes that run the tests.
 * @returns what stops them.
 * @throws Error that names the variable that can point to an existing part in place of one that could not be had.
 */
export async function startSharedParts(): Promise<() => Promise<void>> {
  const started: Started[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.splice(0).map((part) => part.close()));
  };
  const outcomes = await Promise.allSettled(
    (['kafka', 'redis', 'mongo'] as const).map(async (part) => {
      const variable = partVariables[part];
      if (!process.env[variable]) {
        const one = await starts[part]().catch((cause: unknown) => {
          throw new Error(`No ${part} could be had for the tests. ${variable} may name an existing one.\n${cause}`, {
            cause,
          });
        });
        started.push(one);
        process.env[variable] = one.address;
        process.env[STARTED_VARIABLE] = [process.env[STARTED_VARIABLE] ?? '', part].filter(Boolean).join();
      }
    }),
  );
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure !== undefined) {
    await stop();
    throw failure.reason;
  }
  return stop;
}
