import type { Scenario } from '../scenario.js';

const MESSAGES_BEFORE = 500;

export const TERMINATE_EDGE: Scenario = {
  name: 'terminate-edge',
  promise: 'an edge that is told to end drains: it closes its devices cleanly, loses nothing and exits with 0',
  run: async ({ cluster, fleet, random, note }) => {
    await fleet.progress(MESSAGES_BEFORE);
    const edge = random.pick(cluster.edges);
    const held = fleet.devices
      .filter((device) => device.address === edge.address)
      .flatMap((device) => device.connections.slice(-1));
    note(`SIGTERM ${edge.name}, which holds ${held.length} devices`);
    const stopped = edge.stop();
    const backMs = await fleet.allServed();
    await stopped;
    const broken: string[] = [];
    if (edge.exitCode !== 0) {
      broken.push(`${edge.name} ended with ${edge.exitCode ?? 'a signal'}`);
    }
    const cut = held.filter((connection) => connection.closedAt === undefined || !connection.endedCleanly);
    if (cut.length > 0) {
      broken.push(`${cut.length} of ${held.length} connections were cut, not closed`);
    }
    await edge.start();
    await fleet.allServed();
    return { injected: `SIGTERM of an edge with ${held.length} devices`, backMs, broken };
  },
};
