import { expect } from '@jest/globals';
import { Message as CloudMessage } from 'azure-iot-common';
import { eventually } from '../both-directions/eventually.js';
import type { JavaFeature } from './features.js';
import { PROTOCOLS } from './java-sdk.js';
import { CONNECTED, newDevice } from './new-client.js';

const TOKEN_SECONDS = 10;

export const connectionFeatures: readonly JavaFeature[] = [
  {
    name: 'closes and opens again',
    protocols: CONNECTED,
    prove: async (bench, protocol, deviceId) => {
      const { service } = bench.subject;
      const client = await newDevice(bench, deviceId, { protocol });
      await client.receive();
      for (const round of ['first', 'second']) {
        await client.open();
        await client.echoMethods();
        await client.send({ body: Buffer.from(round) });
        await service.send(deviceId, new CloudMessage(round));
        await eventually('the message', () => client.received.some(({ body }) => body.toString() === round));
        const call = { methodName: 'echo', payload: round, connectTimeoutInSeconds: 30 };
        expect((await service.invokeDeviceMethod(deviceId, call)).result).toEqual({ status: 299, payload: round });
        await client.close();
      }
      expect(await bench.collector.ofDevice(deviceId, 2)).toHaveLength(2);
    },
  },
  {
    name: 'is refused with a wrong key',
    protocols: PROTOCOLS,
    prove: async (bench, protocol, deviceId) => {
      const { registry, hub } = bench.subject;
      await registry.create({ deviceId });
      const connectionString = `HostName=${hub.host};DeviceId=${deviceId};SharedAccessKey=${Buffer.alloc(32).toString('base64')}`;
      const client = await bench.sdk.client(deviceId, { connectionString, protocol, retry: false });
      // Over HTTPS nothing is asked of the hub before there is something to send.
      const attempt = client.open().then(() => client.send({ body: Buffer.from('x') }));
      await expect(attempt).rejects.toMatchObject({ status: 'UNAUTHORIZED' });
      await client.close();
    },
  },
  {
    name: 'goes on with tokens that end',
    protocols: CONNECTED,
    prove: async (bench, protocol, deviceId) => {
      const client = await newDevice(bench, deviceId, { protocol, tokenSeconds: TOKEN_SECONDS });
      await client.open();
      await client.echoMethods();
      const end = Date.now() + TOKEN_SECONDS * 1_000;
      let sent = 0;
      while (Date.now() < end) {
        await client.send({ body: Buffer.from(String(sent++)) });
      }
      await client.send({ body: Buffer.from('after') });
      const call = { methodName: 'echo', payload: 'after', connectTimeoutInSeconds: 30 };
      expect((await bench.subject.service.invokeDeviceMethod(deviceId, call)).result).toMatchObject({ status: 299 });
      expect((await bench.collector.ofDevice(deviceId, sent + 1)).length).toBeGreaterThan(sent);
      await client.close();
    },
  },
];
