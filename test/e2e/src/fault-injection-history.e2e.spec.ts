import { expect, it } from '@jest/globals';
import { Fleet, PROTOCOLS } from '@mooring/test-fleet';
import { startHub } from '@mooring/test-parts';
import { randomFaults } from './fault-injection/random-faults.js';

const DEVICES = 24;
const FAULTS = 100;
const TIMEOUT_MS = 120_000;

/** The device's index is its seed: it asks for the same faults in every run, though they strike wherever it is by then. */
it(
  'loses nothing of devices that break their connections at random, and keeps its order',
  async () => {
    const hub = await startHub({ environment: { MOORING_FAULT_INJECTION: 'true' } });
    const fleet = await Fleet.start(hub, DEVICES, {
      configure: (index) => {
        const device = {
          protocol: PROTOCOLS[index % PROTOCOLS.length] ?? 'mqtt',
          inFlight: index < DEVICES / 2 ? 1 : 10,
        };
        return { ...device, pause: () => 5, properties: randomFaults(index, device) };
      },
    });
    while ((await faultsOf(hub.adminUrl)) < FAULTS) {
      await fleet.progress(DEVICES);
    }
    const { acknowledged, lost, outOfOrder } = await fleet.settle();
    expect({ lost, outOfOrder }).toEqual({ lost: [], outOfOrder: [] });
    expect(acknowledged).toBeGreaterThan(FAULTS);
    await fleet.close();
    await hub.close();
  },
  TIMEOUT_MS,
);

/** Faults of all types that were injected. */
async function faultsOf(adminUrl: string): Promise<number> {
  const metrics = await (await fetch(`${adminUrl}/metrics`)).text();
  const counts = [...metrics.matchAll(/^mooring_edge_injected_faults_total\{.*\} (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}
