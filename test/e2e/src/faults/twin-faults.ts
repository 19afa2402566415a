import { expect, it } from '@jest/globals';
import type { ClusterEdge } from '@mooring/test-parts';
import { eventually } from '../both-directions/eventually.js';
import { EventCollector } from '../support/event-collector.js';
import { call } from '../support/https.js';
import { createDevice } from '../support/registry.js';
import type { FaultSubject } from './method-faults.js';
import { sampleOf } from './sample.js';
import { TwoWayDevice } from './two-way-device.js';

interface Twin {
  readonly properties: { readonly desired: Readonly<Record<string, unknown>> };
}

const WRITERS = 8;

/** What becomes of desired changes while devices move between edges and twin processes are killed. */
export function twinFaults(subject: () => FaultSubject): void {
  /** @returns whether it was acknowledged */
  async function desire(deviceId: string, desired: object): Promise<boolean> {
    const { status } = await call(subject().cluster, {
      method: 'PATCH',
      path: `/twins/${deviceId}?api-version=2021-04-12`,
      body: JSON.stringify({ properties: { desired } }),
      headers: { 'if-match': '*' },
    });
    return status === 200;
  }
  async function connect(edge: ClusterEdge, deviceId: string, key: string): Promise<TwoWayDevice> {
    return TwoWayDevice.connect(subject().cluster, { deviceId, key, address: edge.address });
  }

  it('reach a device, whichever twin process takes them', async () => {
    const { cluster, registry, there } = subject();
    const { key } = await createDevice(registry, cluster, 'any-twin');
    const device = await connect(there, 'any-twin', key);
    await device.subscribe();
    const updates = () =>
      Promise.all(
        cluster.twins.map(async (one) =>
          sampleOf(await one.metrics(), 'mooring_twin_desired_pushes_total', 'delivered'),
        ),
      );
    const before = await updates();
    let version = 1;
    await eventually('each twin process to have pushed', async () => {
      const name = `d${version}`;
      expect(await desire('any-twin', { [name]: true })).toBe(true);
      expect(await device.pushed(name)).toEqual({ [name]: true, $version: ++version });
      const now = await updates();
      return now.every((count, index) => count > (before[index] ?? 0));
    });
    expect(device.pushes.map(({ $version }) => $version)).toEqual(device.pushes.map((_, index) => index + 2));
    device.close();
  });

  it('made between two connections are in the next GET, and later ones come without a SUBSCRIBE', async () => {
    const { cluster, registry, here, there } = subject();
    const deviceId = 'between';
    const { key } = await createDevice(registry, cluster, deviceId);
    const first = await connect(here, deviceId, key);
    await first.subscribe();
    expect(await desire(deviceId, { before: 1 })).toBe(true);
    expect(await first.pushed('before')).toEqual({ before: 1, $version: 2 });
    first.close();
    expect(await desire(deviceId, { between: 2, before: null })).toBe(true);
    const second = await connect(there, deviceId, key);
    expect(second.resumed).toBe(true);
    expect(await second.getDesired()).toEqual({ between: 2, $version: 3 });
    expect(await desire(deviceId, { after: 3 })).toBe(true);
    expect(await second.pushed('after')).toEqual({ after: 3, $version: 4 });
    second.close();
  });

  it('that were acknowledged are kept and told, though the twin process is killed at once', async () => {
    const { cluster, registry } = subject();
    const ids = Array.from({ length: WRITERS }, (_, index) => `killed-${index}`);
    await registry.addDevices(ids.map((deviceId) => ({ deviceId })));
    const acknowledged = new Map<string, string[]>(ids.map((deviceId) => [deviceId, []]));
    let killing: Promise<unknown> | undefined;
    await Promise.all(
      ids.map(async (deviceId) => {
        for (let index = 0; killing === undefined; index++) {
          const name = `d${index}`;
          if (await desire(deviceId, { [name]: index })) {
            acknowledged.get(deviceId)?.push(name);
          }
          if (index === 1) {
            killing ??= Promise.all(cluster.twins.map((one) => one.kill()));
          }
        }
      }),
    );
    await killing;
    expect([...acknowledged.values()].flat().length).toBeGreaterThan(0);
    await Promise.all(cluster.twins.map((one) => one.start()));
    await eventually('an api to reach the twins again', async () => {
      await Promise.all(ids.map((deviceId) => registry.getTwin(deviceId)));
      return true;
    });

    const collector = EventCollector.open(cluster);
    const told = (deviceId: string): Twin[] =>
      collector.events
        .filter(({ systemProperties }) => systemProperties?.['iothub-connection-device-id'] === deviceId)
        .map(({ body }) => body as Twin);
    try {
      for (const [deviceId, names] of acknowledged) {
        const { desired } = (await registry.getTwin(deviceId)).responseBody.properties;
        expect(Object.keys(desired)).toEqual(expect.arrayContaining(names));
        await eventually(`events of ${names.length} changes of ${deviceId}`, () => {
          const events = told(deviceId);
          return names.every((name) => events.some(({ properties }) => name in properties.desired));
        });
        const versions = told(deviceId).map(({ properties }) => properties.desired['$version'] as number);
        expect(firsts(versions)).toEqual([...new Set(versions)].sort((left, right) => left - right));
      }
    } finally {
      await collector.close();
    }
  });
}

/** Each where it comes first: what is told again was told before. */
function firsts(versions: readonly number[]): readonly number[] {
  return [...new Set(versions)];
}
