import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Load } from '../load/load.js';
import { median } from '../measure/statistics.js';
import type { Plan } from '../plan.js';
import { printFigures } from '../report.js';
import { addressOf, onTwoEdges } from '../targets/edge.js';
import { deviceLogins } from '../targets/hub.js';

const DEVICES = 1_000;
/** Time for claims and what follows from them to be over. */
const SETTLE_MS = 5_000;
/** A few renewals of the edges' leases. */
const WINDOW_SECONDS = 15;

/** What devices that are connected and silent cost Redis. */
export async function idleRedis(plan: Plan): Promise<void> {
  const { without, connected } = await onTwoEdges(async (cluster, stores) => {
    const redis = new Redis(stores.redisUrl);
    const load = new Load();
    try {
      const without = await commandsPerSecond(redis, plan.runs);
      const [edge] = cluster.edges;
      const address = addressOf(cluster, edge ?? { address: cluster.host });
      const logins = await deviceLogins(cluster, DEVICES);
      await load.ask({ kind: 'connect', address, logins, payloadBytes: 0, concurrency: 64 });
      return { without, connected: await commandsPerSecond(redis, plan.runs) };
    } finally {
      await load.close();
      redis.disconnect();
    }
  });
  printFigures(
    `Redis commands a second with ${DEVICES} silent devices; median of ${plan.runs} runs of ${WINDOW_SECONDS} s`,
    {
      'no device connected': without.toFixed(2),
      [`${DEVICES} connected`]: connected.toFixed(2),
      'for each device': ((connected - without) / DEVICES).toFixed(5),
    },
    'Calls of all commands in INFO commandstats, of all processes of the hub (leases of two edges and of the api).',
  );
}

async function commandsPerSecond(redis: Redis, runs: number): Promise<number> {
  await pause(SETTLE_MS);
  const rates: number[] = [];
  for (let run = 0; run < runs; run++) {
    const before = await commandCalls(redis);
    const start = performance.now();
    await pause(WINDOW_SECONDS * 1000);
    rates.push(((await commandCalls(redis)) - before) / ((performance.now() - start) / 1000));
  }
  return median(rates);
}

/** Calls of all commands so far, but those of the bench. */
async function commandCalls(redis: Redis): Promise<number> {
  const stats = await redis.info('commandstats');
  return [...stats.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)]
    .filter(([, command]) => command !== 'info')
    .reduce((sum, [, , calls]) => sum + Number(calls), 0);
}
