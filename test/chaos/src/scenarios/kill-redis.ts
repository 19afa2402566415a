import { setTimeout as pause } from 'node:timers/promises';
import type { NumberedDevice } from '@mooring/test-fleet';
import type { Scenario } from '../scenario.js';

const MESSAGES = 500;
const AWAY_MS = 20_000;
const RECONNECTING = 10;

export const KILL_REDIS: Scenario = {
  name: 'kill-redis',
  promise: 'live connections go on without Redis, new ones are refused until it is back',
  run: async ({ stores, fleet, random, note }) => {
    await fleet.progress(MESSAGES);
    note('kill -9 Redis');
    await stores.redis.kill();
    const start = performance.now();
    const dropped = new Set<NumberedDevice>(Array.from({ length: RECONNECTING }, () => random.pick(fleet.devices)));
    for (const device of dropped) {
      device.drop();
    }
    await fleet.progress(MESSAGES);
    await pause(AWAY_MS - (performance.now() - start));
    const others = fleet.devices.filter((device) => !dropped.has(device));
    const lost = others.filter((device) => device.address === undefined || closedSince(device, start));
    const admitted = [...dropped].filter((device) => acceptedSince(device, start));
    await stores.redis.start();
    note('Redis is back, empty');
    const backMs = await fleet.allServed();
    const broken: string[] = [];
    if (lost.length > 0) {
      broken.push(`${lost.length} live connections ended while Redis was away`);
    }
    if (admitted.length > 0) {
      broken.push(`${admitted.length} connections were accepted while Redis was away`);
    }
    return { injected: `Redis killed ${AWAY_MS / 1000} s`, backMs, broken };
  },
};

function closedSince({ connections }: NumberedDevice, time: number): boolean {
  return connections.some(({ closedAt }) => closedAt !== undefined && closedAt > time);
}

function acceptedSince({ connections }: NumberedDevice, time: number): boolean {
  return connections.some(({ acceptedAt }) => acceptedAt !== undefined && acceptedAt > time);
}
