import { expect } from '@jest/globals';
import { Message, ModuleClient } from 'azure-iot-device';
import { eventually } from '../../both-directions/eventually.js';
import { watchDesired } from '../../both-directions/watch-desired.js';
import { token } from '../../support/cast.js';
import { createDevice } from '../../support/registry.js';
import type { CellSubject, Feature } from './feature.js';
import { echo } from './methods.js';
import { report } from './twin.js';

export const moduleFeature = {
  name: 'a module',
  prove: async (cell) => {
    const { deviceId, bench } = cell;
    const { registry, service, collector } = bench;
    const client = cell.closing(await enrolledModule(cell));
    await client.open();
    await client.sendEvent(new Message('of a module'));
    const [event] = await collector.ofDevice(deviceId, 1);
    expect(event?.systemProperties).toMatchObject({ 'iothub-connection-module-id': 'm' });

    client.onMethod('echo', echo);
    const call = { methodName: 'echo', payload: [1], connectTimeoutInSeconds: 30 };
    expect((await service.invokeDeviceMethod(deviceId, 'm', call)).result).toEqual({ status: 299, payload: [1] });

    const twin = await client.getTwin();
    const desire = (desired: object) => registry.updateModuleTwin(deviceId, 'm', { properties: { desired } }, '*');
    const pushes = await watchDesired(twin, desire);
    await desire({ speed: 5 });
    await eventually('the push', () => pushes.some((push) => 'speed' in push));
    await report(twin, { speed: 5 });
    const { responseBody: seen } = await registry.getModuleTwin(deviceId, 'm');
    expect(seen.properties.reported).toMatchObject({ speed: 5 });
  },
} as const satisfies Feature;

async function enrolledModule({ bench, deviceId, authentication, transport }: CellSubject): Promise<ModuleClient> {
  const { registry, hub } = bench;
  await createDevice(registry, hub, deviceId);
  const { responseBody } = await registry.addModule({ deviceId, moduleId: 'm' });
  const key = responseBody.authentication?.symmetricKey?.primaryKey ?? '';
  if (authentication.name === 'token') {
    const resource = `${hub.host}/devices/${deviceId}/modules/m`;
    return ModuleClient.fromSharedAccessSignature(token({ resource, key }), transport.protocol);
  }
  const connectionString = `HostName=${hub.host};DeviceId=${deviceId};ModuleId=m;SharedAccessKey=${key}`;
  return ModuleClient.fromConnectionString(connectionString, transport.protocol);
}
