import { setTimeout as pause } from 'node:timers/promises';
import type { Scenario } from '../scenario.js';
import { closedSince } from '../support/since.js';

const MESSAGES = 500;
/** Ten minutes ahead, ten behind, and set right. */
const OFFSETS = [600, -600, 0] as const;
const EACH_MS = 15_000;
const DROPPED_SHARE = 0.1;

export const WRONG_CLOCK: Scenario = {
  name: 'wrong-clock',
  promise:
    'an edge whose clock is ten minutes wrong, and is set back, goes on: what lasts is measured by another clock',
  cluster: { fakeClocks: true },
  run: async ({ cluster, fleet, random, note }) => {
    await fleet.progress(MESSAGES);
    const edge = random.pick(cluster.edges);
    if (edge.clock === undefined) {
      throw new Error(`${edge.name} has no clock of its own`);
    }
    const start = performance.now();
    const dropped = new Set<string>();
    let backMs = 0;
    for (const offset of OFFSETS) {
      note(`the clock of ${edge.name} is ${offset} s wrong`);
      await edge.clock.set(offset);
      for (const device of fleet.holders) {
        if (random.next() < DROPPED_SHARE) {
          dropped.add(device.deviceId);
          device.drop();
        }
      }
      backMs = Math.max(backMs, await fleet.allServed());
      await pause(EACH_MS);
    }
    await fleet.allServed();
    const lost = fleet.holders.filter((device) => !dropped.has(device.deviceId) && closedSince(device, start));
    const broken = lost.length === 0 ? [] : [`${lost.length} live connections ended`];
    return { injected: `clock of an edge +10 min, -10 min, set right`, backMs, broken };
  },
};
