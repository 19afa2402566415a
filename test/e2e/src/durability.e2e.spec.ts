import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { anyProtocol, Fleet, PROTOCOLS, Random } from '@mooring/test-fleet';
import { type HubPart, startHub } from '@mooring/test-parts';
import { onEveryStore } from './support/stores.js';

const DEVICES = 20;
const KILLS = 3;
const MESSAGES_BETWEEN = 2_000;
const SEED = 8;

onEveryStore('what was acknowledged', (stores) => {
  let hub: HubPart;
  let fleet: Fleet;
  beforeEach(async () => {
    hub = await startHub({ environment: { ...stores.environment(), MOORING_LOG_LEVEL: 'warn' } });
    const random = new Random(SEED);
    fleet = await Fleet.start(hub, DEVICES, { configure: () => ({ protocol: anyProtocol(random) }) });
    expect(new Set(fleet.devices.map(({ protocol }) => protocol))).toEqual(new Set(PROTOCOLS));
  });
  afterEach(async () => {
    await fleet?.close();
    await hub?.close();
  });

  it(`is there, in order, after ${KILLS} times kill -9 of the hub under load`, async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      await fleet.progress(MESSAGES_BETWEEN);
      await hub.kill();
      await hub.start();
    }
    await fleet.progress(MESSAGES_BETWEEN);
    const verdict = await fleet.settle();
    expect(verdict).toMatchObject({ lost: [], outOfOrder: [] });
    expect(verdict.acknowledged).toBeGreaterThanOrEqual(MESSAGES_BETWEEN * (KILLS + 1));
  }, 240_000);

  it('is there after a drain on SIGTERM, which ends with code 0 and leaves nothing half done', async () => {
    await fleet.progress(MESSAGES_BETWEEN);
    await hub.stop();
    expect(hub.exitCode).toBe(0);
    await hub.start();
    await fleet.progress(MESSAGES_BETWEEN);
    expect(await fleet.settle()).toMatchObject({ lost: [], outOfOrder: [] });
  }, 120_000);
});
