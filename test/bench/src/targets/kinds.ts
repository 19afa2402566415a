import { startHub, startKafka, startMongo, startRedis } from '@mooring/test-parts';
import type { Address } from '../load/messages.js';
import type { DeviceLogin } from '../load/packets.js';
import { edgeKind } from './edge.js';
import { startForkedServer } from './forked-server.js';
import { startHubTarget } from './hub.js';

/** A server under load, in a process of its own. */
export interface Target {
  readonly address: Address;
  /** The process whose CPU and memory are measured. */
  readonly pid: number;
  /** Makes this many devices known to it, and says how they log in. */
  devices(count: number): Promise<readonly DeviceLogin[]>;
  close(): Promise<void>;
}

/** The platform's floor, with which others are compared. */
export const BARE = 'bare Node.js TLS';

export interface TargetKind {
  readonly name: string;
  /** What an acknowledgement of it means. */
  readonly promise: string;
  start(): Promise<Target>;
}

/** Makes the targets that are named, with what they need. */
export async function selectTargets(
  names: readonly string[],
): Promise<{ kinds: readonly TargetKind[]; close: () => Promise<void> }> {
  const closers: (() => Promise<void>)[] = [];
  const kinds: TargetKind[] = [];
  for (const name of names) {
    const make = MAKERS[name];
    if (make === undefined) {
      throw new Error(`no such target: ${name}; there are ${Object.keys(MAKERS).join(', ')}`);
    }
    kinds.push(await make((close) => closers.push(close)));
  }
  return {
    kinds,
    close: async () => {
      for (const close of closers.reverse()) {
        await close();
      }
    },
  };
}

type Maker = (onClose: (close: () => Promise<void>) => void) => Promise<TargetKind>;

const MAKERS: Readonly<Record<string, Maker>> = {
  bare: (onClose) => forked(BARE, 'parsed', new URL('./bare-server.js', import.meta.url), onClose),
  aedes: (onClose) =>
    forked('aedes, in memory', 'parsed and dispatched', new URL('./aedes-server.js', import.meta.url), onClose),
  embedded: async () => ({
    name: 'Mooring, embedded',
    promise: 'flushed to disk',
    start: () => startHubTarget({}),
  }),
  kafka: async (onClose) => {
    const [kafka, redis, mongo] = [await startKafka(), await startRedis(), await startMongo()];
    onClose(async () => {
      await Promise.all([kafka.close(), redis.close(), mongo.close()]);
    });
    let database = 0;
    return {
      name: 'Mooring, on Kafka',
      promise: 'in Kafka, acks=all',
      start: () => {
        // Names of its own for each start, so that each finds empty stores.
        database += 1;
        return startHubTarget({
          MOORING_KAFKA_BROKERS: kafka.brokers.join(','),
          MOORING_REDIS_URL: redis.url,
          MOORING_MONGO_URL: mongo.url,
          MOORING_MONGO_DATABASE: `bench${database}`,
          MOORING_TOPIC_PREFIX: `bench${database}`,
          MOORING_REDIS_PREFIX: `bench${database}`,
        });
      },
    };
  },
  edge: edgeKind,
};

async function forked(name: string, promise: string, module: URL, onClose: Parameters<Maker>[0]): Promise<TargetKind> {
  // A hub that is only asked for its certificate.
  const hub = await startHub();
  await hub.stop();
  onClose(() => hub.close());
  return { name, promise, start: () => startForkedServer(module, hub) };
}
