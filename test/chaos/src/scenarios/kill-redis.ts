import { setTimeout as pause } from 'node:timers/promises';
import type { Scenario } from '../scenario.js';
import { acceptedSince, closedSince } from '../support/since.js';

const MESSAGES = 500;
const AWAY_MS = 30_000;
const DROPPED_SHARE = 0.1;

export const KILL_REDIS: Scenario = {
  name: 'kill-redis',
  promise: 'live connections go on without Redis, new ones are refused until it is back',
  run: async ({ stores, fleet, random, note }) => {
    await fleet.progress(MESSAGES);
    note('kill -9 Redis');
    await stores.redis.kill();
    const start = performance.now();
    const dropped = fleet.holders.filter(() => random.next() < DROPPED_SHARE);
    for (const device of dropped) {
      device.drop();
    }
    const others = fleet.devices.filter((device) => !dropped.includes(device));
    const before = others.map(({ acknowledged }) => acknowledged.size);
    await pause(AWAY_MS - (performance.now() - start));
    const silent = others.filter(({ acknowledged }, index) => acknowledged.size === before[index]);
    const lost = others.filter((device) => device.holdsIdentity && closedSince(device, start));
    const admitted = dropped.filter((device) => acceptedSince(device, start));
    await stores.redis.start();
    note('Redis is back, empty');
    const backMs = await fleet.allServed();
    const broken: string[] = [];
    if (lost.length > 0) {
      broken.push(`${lost.length} live connections ended while Redis was away`);
    }
    if (silent.length > 0) {
      broken.push(`${silent.length} devices could send nothing while Redis was away`);
    }
    if (admitted.length > 0) {
      broken.push(`${admitted.length} connections were accepted while Redis was away`);
    }
    return { injected: `Redis killed ${AWAY_MS / 1000} s, ${dropped.length} reconnect`, backMs, broken };
  },
};
