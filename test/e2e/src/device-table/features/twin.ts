import { expect } from '@jest/globals';
import type { Twin } from 'azure-iot-device';
import { eventually } from '../../both-directions/eventually.js';
import { watchDesired } from '../../both-directions/watch-desired.js';
import { enrolled, type Feature } from './feature.js';

export const twinFeature = {
  name: 'its twin',
  prove: async (cell) => {
    const { bench, deviceId } = cell;
    const client = await enrolled(cell);
    await client.open();
    const twin: Twin = await client.getTwin();
    expect(twin.properties.desired).toMatchObject({ $version: 1 });
    const desire = (desired: object) => bench.registry.updateTwin(deviceId, { properties: { desired } }, '*');
    const pushes = await watchDesired(twin, desire);
    await desire({ a: 1, b: { c: [1, 'x'] } });
    await eventually('the push', () => pushes.some((push) => 'b' in push));
    expect(pushes.at(-1)).toMatchObject({ a: 1, b: { c: [1, 'x'] } });
    await desire({ a: null });
    await eventually('another push', () => pushes.some((push) => 'a' in push && push.a === null));
    await report(twin, { firmware: { version: '1.2' }, temporary: 'yes' });
    await report(twin, { temporary: null });
    const { responseBody: seen } = await bench.registry.getTwin(deviceId);
    expect(seen.properties.reported).toMatchObject({ firmware: { version: '1.2' }, $version: 3 });
    expect(seen.properties.reported).not.toHaveProperty('temporary');
  },
} as const satisfies Feature;

export async function report(twin: Twin, patch: object): Promise<void> {
  await new Promise<void>((resolve, reject) =>
    twin.properties.reported.update(patch, (error?: Error) => (error ? reject(error) : resolve())),
  );
}
