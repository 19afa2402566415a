import { setTimeout as pause } from 'node:timers/promises';
import type { Cluster, ClusterProcess } from '@mooring/test-parts';
import type { Scenario } from '../scenario.js';

const MESSAGES = 500;
const AWAY_MS = 10_000;

/** Each process of a service is killed in turn and is away for a while; telemetry knows nothing of it. */
function killService(
  service: string,
  promise: string,
  processes: (cluster: Cluster) => readonly ClusterProcess[],
): Scenario {
  return {
    name: `kill-${service}`,
    promise,
    run: async ({ cluster, fleet, note }) => {
      const victims = processes(cluster);
      const connected = fleet.holders.map(({ connections }) => connections.length);
      for (const victim of victims) {
        await fleet.progress(MESSAGES);
        note(`kill -9 ${victim.name}`);
        await victim.kill();
        await pause(AWAY_MS);
        await fleet.allServed();
        await victim.start();
        note(`${victim.name} is back`);
      }
      const backMs = await fleet.allServed();
      const ended = fleet.holders.filter(({ connections }, index) => connections.length !== connected[index]);
      const broken = ended.length === 0 ? [] : [`${ended.length} devices lost their connection`];
      const each = victims.length === 1 ? service : `each of ${victims.length} ${service}s`;
      return { injected: `kill -9 of ${each}, ${AWAY_MS / 1000} s`, backMs, broken };
    },
  };
}

export const KILL_TWIN = killService(
  'twin',
  'no change of a twin that was accepted is lost with its process, and telemetry knows nothing of it',
  ({ twins }) => twins,
);
export const KILL_C2D_QUEUE = killService(
  'c2d-queue',
  'messages to devices that were accepted come once their queue is back, and telemetry knows nothing of it',
  ({ c2dQueue }) => [c2dQueue],
);
export const KILL_API = killService(
  'api',
  'back ends go on at the other api, and no call is made twice for them',
  ({ apis }) => apis,
);
