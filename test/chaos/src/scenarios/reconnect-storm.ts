import { until } from '@mooring/test-parts';
import type { Scenario } from '../scenario.js';

const DEVICES = 5_000;
const LIMIT_MS = 30_000;
const LOGIN_TIMEOUT_MS = 30_000;
const PAUSE_MS = 20_000;
/** Look-ups of credentials that the storm may take; one each would be as many as there are devices. */
const MOST_LOOK_UPS = DEVICES / 4;

export const RECONNECT_STORM: Scenario = {
  name: 'reconnect-storm',
  promise: `${DEVICES} devices that lose their edge at once are all back within ${LIMIT_MS / 1000} s on the other one`,
  devices: DEVICES,
  device: { inFlight: 1, loginTimeoutMs: LOGIN_TIMEOUT_MS },
  pauseMs: PAUSE_MS,
  crowded: true,
  run: async ({ cluster, fleet, note }) => {
    const [first, second] = cluster.edges;
    if (first === undefined || second === undefined) {
      throw new Error('a storm needs two edges');
    }
    const before = lookUps(await second.metrics());
    const connected = fleet.devices.filter((device) => device.address === first.address).length;
    note(`kill -9 ${first.name}, which holds ${connected} devices`);
    await first.kill();
    const start = performance.now();
    await until(() => fleet.devices.every((device) => device.address === second.address), {
      what: `all devices on ${second.name}`,
      timeoutMs: 2 * LIMIT_MS,
      everyMs: 100,
    });
    const backMs = performance.now() - start;
    const made = lookUps(await second.metrics()) - before;
    note(`${made} look-ups of credentials`);
    const broken: string[] = [];
    if (backMs > LIMIT_MS) {
      broken.push(`they needed ${Math.round(backMs)} ms`);
    }
    if (made === 0 || made > MOST_LOOK_UPS) {
      broken.push(`${made} look-ups of credentials were made for ${connected} devices`);
    }
    return { injected: `kill -9 of an edge with ${connected} devices, ${made} look-ups`, backMs, broken };
  },
};

/** Calls of identity that read credentials, so far. */
function lookUps(metrics: string): number {
  return metrics
    .split('\n')
    .filter((line) => line.startsWith('mooring_rpc_client_calls_total{') && /resolveCredentials/i.test(line))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
