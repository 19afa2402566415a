import { until } from '@mooring/test-parts';
import type { Scenario, Stage } from '../scenario.js';
import { acceptedSince } from '../support/since.js';

const DEVICES = 5_000;
const STORMS = 5;
const LIMIT_MS = 30_000;
const LOGIN_TIMEOUT_MS = 30_000;
const PAUSE_MS = 20_000;

export const RECONNECT_STORM: Scenario = {
  name: 'reconnect-storm',
  promise: `devices that all lose their connection at once, ${STORMS} times, are each time back within ${LIMIT_MS / 1000} s`,
  devices: DEVICES,
  device: { inFlight: 1, loginTimeoutMs: LOGIN_TIMEOUT_MS },
  pauseMs: PAUSE_MS,
  crowded: true,
  telemetryOnly: true,
  run: async (stage) => {
    const { cluster, fleet, note } = stage;
    const [first, second] = cluster.edges;
    if (first === undefined || second === undefined) {
      throw new Error('a storm needs two edges');
    }
    const before = lookUps(await second.metrics());
    const broken: string[] = [];
    let backMs = 0;
    for (let storm = 1; storm <= STORMS; storm++) {
      const start = performance.now();
      if (storm === 1) {
        note(`kill -9 ${first.name}, which holds all`);
        await first.kill();
      } else {
        note('all are dropped');
        for (const device of fleet.devices) {
          device.drop();
        }
      }
      await allBack(stage, start);
      const tookMs = performance.now() - start;
      note(`all are back after ${Math.round(tookMs)} ms`);
      backMs = Math.max(backMs, tookMs);
    }
    const made = lookUps(await second.metrics()) - before;
    const most = (STORMS * fleet.devices.length) / 4;
    if (backMs > LIMIT_MS) {
      broken.push(`they needed ${Math.round(backMs)} ms`);
    }
    // One for each would be as many as there are connections.
    if (made === 0 || made > most) {
      broken.push(`${made} look-ups of credentials were made for ${STORMS * fleet.devices.length} connections`);
    }
    return {
      injected: `${fleet.devices.length} devices dropped at once ${STORMS} times, ${made} look-ups`,
      backMs,
      broken,
    };
  },
};

/** Waits until each has a connection that is newer than that. */
async function allBack({ fleet }: Stage, time: number): Promise<void> {
  const waiting = new Set(fleet.devices);
  const areBack = () => {
    for (const device of waiting) {
      if (device.address !== undefined && acceptedSince(device, time)) {
        waiting.delete(device);
      }
    }
    return waiting.size === 0;
  };
  await until(areBack, { what: 'all devices to be back', timeoutMs: 2 * LIMIT_MS, everyMs: 50 });
}

/** Calls of identity that read credentials, so far. */
function lookUps(metrics: string): number {
  return metrics
    .split('\n')
    .filter((line) => line.startsWith('mooring_rpc_client_calls_total{') && /resolveCredentials/i.test(line))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
