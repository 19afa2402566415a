import { expect } from '@jest/globals';
import { eventually } from '../both-directions/eventually.js';
import type { JavaFeature } from './features.js';
import { CONNECTED, newDevice, newModule } from './new-client.js';

const PAYLOADS: readonly unknown[] = ['', 'foo', {}, { k1: 'v1', list: [1, 2, { deep: true }] }];

export const twinFeatures: readonly JavaFeature[] = [
  {
    name: 'reads its twin, reports and is pushed what is desired',
    protocols: CONNECTED,
    prove: async (bench, protocol, deviceId) => {
      const { registry } = bench.subject;
      const client = await newDevice(bench, deviceId, { protocol });
      await client.open();
      await client.watchDesired();
      expect(await client.twin()).toEqual({ desired: { $version: 1 }, reported: { $version: 1 } });
      await registry.updateTwin(deviceId, { properties: { desired: { a: 1, b: { c: [1, 'x'] } } } }, '*');
      await registry.updateTwin(deviceId, { properties: { desired: { a: null } } }, '*');
      await eventually('two pushes', () => client.pushes.length === 2);
      expect(client.pushes[0]).toEqual({ a: 1, b: { c: [1, 'x'] }, $version: 2 });
      expect(client.pushes[1]).toMatchObject({ $version: 3 });
      await client.report({ firmware: { version: '1.2' } });
      const $version = await client.report({ more: 1 });
      const { responseBody: twin } = await registry.getTwin(deviceId);
      expect(twin.properties.reported).toMatchObject({ firmware: { version: '1.2' }, more: 1, $version });
      expect(await client.twin()).toMatchObject({
        desired: { b: { c: [1, 'x'] }, $version: 3 },
        reported: { more: 1 },
      });
      await client.close();
    },
  },
  {
    name: 'answers method calls',
    protocols: CONNECTED,
    prove: async (bench, protocol, deviceId) => {
      const client = await newDevice(bench, deviceId, { protocol });
      await client.open();
      await client.echoMethods();
      for (const payload of PAYLOADS) {
        const call = { methodName: 'echo', payload, connectTimeoutInSeconds: 30, responseTimeoutInSeconds: 45 };
        const { result } = await bench.subject.service.invokeDeviceMethod(deviceId, call);
        expect(result).toEqual({ status: 299, payload });
      }
      expect(client.calls).toEqual(PAYLOADS.map((payload) => ({ method: 'echo', payload })));
      await client.close();
    },
  },
  {
    name: 'has a twin and methods as a module',
    protocols: CONNECTED,
    prove: async (bench, protocol, deviceId) => {
      const { registry, service } = bench.subject;
      const client = await newModule(bench, deviceId, { protocol });
      await client.open();
      await client.watchDesired();
      await client.echoMethods();
      await registry.updateModuleTwin(deviceId, 'm', { properties: { desired: { speed: 5 } } }, '*');
      await eventually('the push', () => client.pushes.length === 1);
      expect(client.pushes).toEqual([{ speed: 5, $version: 2 }]);
      await client.report({ speed: 5 });
      const { responseBody: twin } = await registry.getModuleTwin(deviceId, 'm');
      expect(twin.properties.reported).toMatchObject({ speed: 5 });
      const call = { methodName: 'echo', payload: [1], connectTimeoutInSeconds: 30 };
      const { result } = await service.invokeDeviceMethod(deviceId, 'm', call);
      expect(result).toEqual({ status: 299, payload: [1] });
      await client.close();
    },
  },
  {
    name: 'names its model',
    protocols: CONNECTED,
    prove: async (bench, protocol, deviceId) => {
      const modelId = 'dtmi:com:example:Thermostat;1';
      const client = await newDevice(bench, deviceId, { protocol, modelId });
      await client.open();
      await client.send({ body: Buffer.from('of a model') });
      const modelOf = async () => (await bench.subject.registry.getTwin(deviceId)).responseBody as { modelId?: string };
      await eventually('the model in the twin', async () => (await modelOf()).modelId === modelId);
      await client.close();
    },
  },
];
