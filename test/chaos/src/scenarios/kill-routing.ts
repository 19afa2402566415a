import type { Scenario } from '../scenario.js';

const MESSAGES_BETWEEN = 500;

export const KILL_ROUTING: Scenario = {
  name: 'kill-routing',
  promise: 'whichever routing process is killed, every message reaches the built-in endpoint, in order',
  run: async ({ cluster, fleet, note }) => {
    for (const routing of cluster.routings) {
      await fleet.progress(MESSAGES_BETWEEN);
      note(`kill -9 ${routing.name}`);
      await routing.kill();
      await fleet.progress(MESSAGES_BETWEEN);
      await routing.start();
    }
    const backMs = await fleet.allServed();
    return { injected: `kill -9 of each of ${cluster.routings.length} routings`, backMs, broken: [] };
  },
};
