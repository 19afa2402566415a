import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type HubPart, startHub, until } from '@mooring/test-parts';
import { judge } from './history/history.js';
import { NumberedDevice } from './history/numbered-device.js';
import { readNumbers } from './history/read-numbers.js';
import { createDevice, openRegistry } from './support/registry.js';
import { onEveryStore } from './support/stores.js';

const DEVICES = 20;
const KILLS = 3;

onEveryStore('what was acknowledged', (stores) => {
  let hub: HubPart;
  let devices: NumberedDevice[];
  beforeEach(async () => {
    hub = await startHub({ environment: { ...stores.environment(), MOORING_LOG_LEVEL: 'warn' } });
    const registry = openRegistry(hub);
    devices = [];
    for (let index = 0; index < DEVICES; index++) {
      const deviceId = `numbered-${index}`;
      const { key } = await createDevice(registry, hub, deviceId);
      devices.push(new NumberedDevice({ host: hub.host, ca: hub.ca, deviceId, key, inFlight: 1 + (index % 20) }));
    }
  });
  afterEach(async () => {
    await Promise.all(devices.map((device) => device.close()));
    await hub?.close();
  });

  const acknowledged = () => devices.reduce((sum, device) => sum + device.acknowledged.size, 0);
  const waitForAcknowledgements = async (count: number) => {
    const goal = acknowledged() + count;
    await until(() => acknowledged() >= goal, { what: `${count} acknowledgements`, timeoutMs: 60_000 });
  };

  it(`is in the built-in endpoint, in order, after ${KILLS} times kill -9 of the hub under load`, async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      await waitForAcknowledgements(2_000);
      await hub.kill();
      await hub.start();
    }
    await waitForAcknowledgements(2_000);
    for (const device of devices) {
      device.pause();
    }
    await until(() => devices.every((device) => device.settled), { what: 'every answer', timeoutMs: 30_000 });
    await until(async () => (await missing(hub, devices)) === 0, { what: 'everything routed', timeoutMs: 60_000 });
    const verdict = judge(devices, await readNumbers(hub));
    expect(verdict).toMatchObject({ lost: [], outOfOrder: [] });
    expect(verdict.acknowledged).toBeGreaterThanOrEqual(2_000 * (KILLS + 1));
  }, 180_000);
});

async function missing(hub: HubPart, devices: readonly NumberedDevice[]): Promise<number> {
  return judge(devices, await readNumbers(hub)).lost.length;
}
