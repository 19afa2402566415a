import { setTimeout as pause } from 'node:timers/promises';
import type { Scenario } from '../scenario.js';

const MESSAGES = 1_000;
const DARK_MS = 3_000;

export const KILL_ALL: Scenario = {
  name: 'kill-all',
  promise: 'all processes of the hub killed at once lose nothing of what they acknowledged',
  run: async ({ cluster, fleet, note }) => {
    await fleet.progress(MESSAGES);
    note('kill -9 of all processes');
    await Promise.all(cluster.processes.map((one) => one.kill()));
    await pause(DARK_MS);
    const start = performance.now();
    await Promise.all(cluster.processes.map((one) => one.start()));
    const startMs = performance.now() - start;
    note('all are started');
    const backMs = await fleet.allServed();
    const count = cluster.processes.length;
    return {
      injected: `kill -9 of ${count} processes at once, ${Math.round(startMs / 1000)} s to start`,
      backMs,
      broken: [],
    };
  },
};
