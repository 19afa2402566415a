import { setTimeout as pause } from 'node:timers/promises';
import type { Scenario } from '../scenario.js';
import { acceptedSince, acknowledgedBy, closedSince } from '../support/since.js';
import { Strangers } from '../support/strangers.js';

const MESSAGES = 500;
const AWAY_MS = 30_000;
const DROPPED_SHARE = 0.2;

export const KILL_MONGO: Scenario = {
  name: 'kill-mongo',
  promise: 'without MongoDB connected devices go on, and what an edge remembers of a device admits it; nobody else is',
  run: async ({ cluster, stores, fleet, random, note }) => {
    const strangers = await Strangers.register(cluster);
    await fleet.progress(MESSAGES);
    note('kill -9 MongoDB');
    await stores.mongo.kill();
    const start = performance.now();
    strangers.connect();
    const dropped = fleet.holders.filter(() => random.next() < DROPPED_SHARE);
    for (const device of dropped) {
      device.drop();
    }
    const requesting = fleet.devices.filter((device) => !device.holdsIdentity);
    const before = acknowledgedBy(requesting);
    await fleet.progress(MESSAGES);
    await pause(AWAY_MS - (performance.now() - start));
    const lost = fleet.holders.filter((device) => !dropped.includes(device) && closedSince(device, start));
    const remembered = dropped.filter(({ protocol }) => protocol === 'amqp');
    const absent = remembered.filter((device) => !acceptedSince(device, start));
    const admitted = dropped.filter((device) => !remembered.includes(device) && acceptedSince(device, start));
    const { served } = strangers;
    const requests = acknowledgedBy(requesting) - before;
    await stores.mongo.start();
    note('MongoDB is back');
    const backMs = await fleet.allServed();
    await strangers.dismiss();
    const broken: string[] = [];
    if (lost.length > 0) {
      broken.push(`${lost.length} live connections ended`);
    }
    if (absent.length > 0) {
      broken.push(`${absent.length} of ${remembered.length} devices over AMQP were not admitted by what is remembered`);
    }
    if (admitted.length > 0) {
      broken.push(`${admitted.length} devices over MQTT were admitted without their session`);
    }
    if (served.length > 0) {
      broken.push(`${served.join(', ')} were served`);
    }
    if (requests === 0 && requesting.length > 0) {
      broken.push('no device over HTTPS was served');
    }
    return { injected: `MongoDB killed ${AWAY_MS / 1000} s, ${dropped.length} reconnect`, backMs, broken };
  },
};
