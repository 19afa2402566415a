import type { Scenario } from '../scenario.js';

const MESSAGES = 500;

export const KILL_MONITORING: Scenario = {
  name: 'kill-monitoring',
  promise: 'messages and connects go on without monitoring',
  run: async ({ cluster, fleet, random, note }) => {
    await fleet.progress(MESSAGES);
    note('kill -9 monitoring');
    await cluster.monitoring.kill();
    for (const device of fleet.devices) {
      if (random.next() < 0.5) {
        device.drop();
      }
    }
    const backMs = await fleet.allServed();
    await cluster.monitoring.start();
    await fleet.progress(MESSAGES);
    return { injected: 'kill -9 of monitoring, half reconnect', backMs, broken: [] };
  },
};
