import { setTimeout as pause } from 'node:timers/promises';
import type { Scenario } from '../scenario.js';
import { acceptedSince, acknowledgedBy, closedSince } from '../support/since.js';
import { Strangers } from '../support/strangers.js';

const MESSAGES = 500;
/** For so long an edge trusts what it remembers without a beat of identity, and what it has begun by then ends. */
const TRUST_MS = 5_000;
const AWAY_MS = 20_000;
const DROPPED_SHARE = 0.1;

export const KILL_IDENTITY: Scenario = {
  name: 'kill-identity',
  promise: 'connected devices go on without identity; what is remembered admits for 3 s, and nothing does after that',
  run: async ({ cluster, fleet, random, note }) => {
    const strangers = await Strangers.register(cluster);
    await fleet.progress(MESSAGES);
    note('kill -9 identity');
    await cluster.identity.kill();
    const killedAt = performance.now();
    strangers.connect();
    await pause(TRUST_MS);
    const dropped = fleet.holders.filter(() => random.next() < DROPPED_SHARE);
    const droppedAt = performance.now();
    const requesting = fleet.devices.filter((device) => !device.holdsIdentity);
    const before = acknowledgedBy(requesting);
    for (const device of dropped) {
      device.drop();
    }
    await fleet.progress(MESSAGES);
    await pause(AWAY_MS - (performance.now() - killedAt));
    const lost = fleet.holders.filter((device) => !dropped.includes(device) && closedSince(device, killedAt));
    const admitted = dropped.filter((device) => acceptedSince(device, droppedAt));
    const requests = acknowledgedBy(requesting) - before;
    const { served } = strangers;
    await cluster.identity.start();
    note('identity is back');
    const backMs = await fleet.allServed();
    await strangers.dismiss();
    const broken: string[] = [];
    if (lost.length > 0) {
      broken.push(`${lost.length} live connections ended`);
    }
    if (admitted.length > 0) {
      broken.push(`${admitted.length} connections were admitted by what nobody vouched for`);
    }
    if (requests > 0) {
      broken.push(`${requests} messages were taken over HTTPS by what nobody vouched for`);
    }
    if (served.length > 0) {
      broken.push(`${served.join(', ')} were served`);
    }
    return { injected: `identity killed ${AWAY_MS / 1000} s, ${dropped.length} reconnect`, backMs, broken };
  },
};
