import { until } from '@mooring/test-parts';
import { LEASE_MS, type Scenario } from '../scenario.js';

const MESSAGES = 500;

export const EMPTY_REDIS: Scenario = {
  name: 'empty-redis',
  promise: 'after Redis was emptied live connections go on, and a take-over still closes the former connection',
  run: async ({ stores, fleet, random, note }) => {
    await fleet.progress(MESSAGES);
    note('Redis is emptied');
    await stores.redis.flush();
    const moving = fleet.holders.filter(() => random.next() < 0.3);
    for (const device of moving) {
      device.reconnectBeside();
    }
    const backMs = await fleet.allServed();
    const open = () => moving.flatMap((device) => device.connections.filter((one) => one.closedAt === undefined));
    await until(() => open().length === moving.length, {
      what: 'one connection of each device that moved to be left',
      timeoutMs: LEASE_MS,
    }).catch(() => undefined);
    const broken =
      open().length === moving.length ? [] : [`${moving.length} moved and have ${open().length} connections`];
    const ended = fleet.holders.filter((device) => !moving.includes(device) && device.connections.length > 1);
    if (ended.length > 0) {
      broken.push(`${ended.length} connections of devices that did not move ended`);
    }
    return { injected: `Redis emptied, ${moving.length} devices take over`, backMs, broken };
  },
};
