import { setTimeout as pause } from 'node:timers/promises';
import { until } from '@mooring/test-parts';
import { longestOverlap } from '../harness/overlaps.js';
import { LEASE_MS, type Scenario } from '../scenario.js';

const MESSAGES = 500;
const FROZEN_MS = 40_000;
/** Silence after which a device looks for another edge. */
const PATIENCE_MS = 4_000;

export const FREEZE_EDGE: Scenario = {
  name: 'freeze-edge',
  promise: 'an edge that was frozen appends and delivers nothing for devices that have moved, and closes them',
  device: { answerTimeoutMs: PATIENCE_MS },
  // Nobody can close a connection of a frozen process: what counts is what it does once it goes on.
  overlapLimitMs: Number.POSITIVE_INFINITY,
  run: async ({ cluster, fleet, random, note }) => {
    await fleet.progress(MESSAGES);
    const edge = random.pick(cluster.edges);
    note(`${edge.name} is frozen`);
    edge.freeze();
    const frozenAt = performance.now();
    const moved = fleet.holders.filter((device) => device.address === edge.address);
    await until(() => moved.every(({ address }) => address !== undefined && address !== edge.address), {
      what: 'all devices to be elsewhere',
      timeoutMs: FROZEN_MS,
    });
    const backMs = performance.now() - frozenAt;
    // They lie in the sockets of the frozen edge, which finds them when it goes on.
    for (const device of moved) {
      device.haunt();
    }
    await pause(FROZEN_MS - (performance.now() - frozenAt));
    note(`${edge.name} goes on`);
    edge.thaw();
    const thawedAt = performance.now();
    await until(() => moved.every(({ connections }) => connections.slice(0, -1).every((one) => one.closedAt)), {
      what: 'all former connections to be closed',
      timeoutMs: LEASE_MS,
    }).catch(() => undefined);
    await fleet.allServed();
    const broken: string[] = [];
    const now = performance.now();
    const doubled = moved.filter(({ connections }) => longestOverlap(connections, now, thawedAt) > LEASE_MS);
    if (doubled.length > 0) {
      broken.push(`${doubled.length} former connections lived for more than ${LEASE_MS} ms after the edge went on`);
    }
    const acknowledged = moved.reduce((sum, device) => sum + device.ghostsAcknowledged, 0);
    if (acknowledged > 0) {
      broken.push(`${acknowledged} messages were acknowledged on connections that had been taken over`);
    }
    return { injected: `edge frozen ${FROZEN_MS / 1000} s, ${moved.length} devices move`, backMs, broken };
  },
};
