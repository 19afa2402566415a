import { expect } from '@jest/globals';
import { selfSignedCertificate, testAuthority } from '@mooring/test-wire';
import { putCertificate } from '../support/management.js';
import type { JavaFeature } from './features.js';
import { PROTOCOLS } from './java-sdk.js';
import { CONNECTED, newDevice, newModule } from './new-client.js';

const LARGEST_BODY = 255 * 1024;

export const telemetryFeatures: readonly JavaFeature[] = [
  {
    name: 'sends telemetry with its properties',
    protocols: PROTOCOLS,
    prove: async (bench, protocol, deviceId) => {
      const client = await newDevice(bench, deviceId, { protocol });
      await client.open();
      await client.send({
        body: Buffer.from('{"temperature":21.5}'),
        messageId: 'message-1',
        correlationId: 'correlation 1/2',
        contentType: 'application/json',
        contentEncoding: 'utf-8',
        properties: { colour: 'dark red', level: '7' },
      });
      await client.send({ body: Buffer.alloc(LARGEST_BODY, 7) });
      await client.close();
      const [event, large] = await bench.collector.ofDevice(deviceId, 2);
      expect(event).toMatchObject({
        body: { temperature: 21.5 },
        messageId: 'message-1',
        correlationId: 'correlation 1/2',
        contentType: 'application/json',
        properties: { colour: 'dark red', level: '7' },
        systemProperties: { 'iothub-connection-device-id': deviceId },
      });
      expect(large?.body).toHaveLength(LARGEST_BODY);
    },
  },
  {
    name: 'sends an empty message',
    // Over MQTT the SDK itself refuses it.
    protocols: ['AMQPS', 'AMQPS_WS', 'HTTPS'],
    prove: async (bench, protocol, deviceId) => {
      const client = await newDevice(bench, deviceId, { protocol });
      await client.open();
      await client.send({ body: Buffer.alloc(0), messageId: 'empty' });
      await client.close();
      const [event] = await bench.collector.ofDevice(deviceId, 1);
      expect(event).toMatchObject({ messageId: 'empty' });
      expect(event?.body).toHaveLength(0);
    },
  },
  {
    name: 'sends a batch',
    protocols: ['HTTPS'],
    prove: async (bench, protocol, deviceId) => {
      const client = await newDevice(bench, deviceId, { protocol });
      await client.open();
      await client.sendBatch([
        { body: Buffer.from('one'), messageId: 'm-1', properties: { k: 'v' } },
        { body: Buffer.from('two'), messageId: 'm-2' },
      ]);
      await client.close();
      const events = await bench.collector.ofDevice(deviceId, 2);
      expect(events.map(({ body, messageId }) => [String(body), messageId])).toEqual([
        ['one', 'm-1'],
        ['two', 'm-2'],
      ]);
      expect(events[0]?.properties).toMatchObject({ k: 'v' });
    },
  },
  {
    name: 'sends by a certificate that signs itself',
    protocols: PROTOCOLS,
    prove: async (bench, protocol, deviceId) => {
      const { registry, hub } = bench.subject;
      const { cert, key, sha256 } = await selfSignedCertificate('any name');
      const x509Thumbprint = { primaryThumbprint: sha256, secondaryThumbprint: '' };
      await registry.create({ deviceId, authentication: { type: 'selfSigned', x509Thumbprint } });
      const connectionString = `HostName=${hub.host};DeviceId=${deviceId};x509=true`;
      const client = await bench.sdk.client(deviceId, { connectionString, protocol, cert, key });
      await client.open();
      await client.send({ body: Buffer.from('signed') });
      await client.close();
      const [event] = await bench.collector.ofDevice(deviceId, 1);
      expect(event?.systemProperties?.['iothub-connection-auth-method']).toContain('x509');
    },
  },
  {
    name: 'sends by a certificate of a registered authority',
    protocols: PROTOCOLS,
    prove: async (bench, protocol, deviceId) => {
      const { registry, hub } = bench.subject;
      const authority = await testAuthority(`authority of ${deviceId}`);
      await putCertificate(hub, deviceId, authority.pem);
      const { cert, key } = await authority.issue(deviceId);
      await registry.create({ deviceId, authentication: { type: 'certificateAuthority' } });
      const connectionString = `HostName=${hub.host};DeviceId=${deviceId};x509=true`;
      const client = await bench.sdk.client(deviceId, { connectionString, protocol, cert, key });
      await client.open();
      await client.send({ body: Buffer.from('signed') });
      await client.close();
      expect(await bench.collector.ofDevice(deviceId, 1)).toHaveLength(1);
    },
  },
  {
    name: 'sends as a module',
    protocols: CONNECTED,
    prove: async (bench, protocol, deviceId) => {
      const client = await newModule(bench, deviceId, { protocol });
      await client.open();
      await client.send({ body: Buffer.from('of a module'), properties: { k: 'v' } });
      await client.close();
      const [event] = await bench.collector.ofDevice(deviceId, 1);
      expect(event).toMatchObject({
        properties: { k: 'v' },
        systemProperties: { 'iothub-connection-device-id': deviceId, 'iothub-connection-module-id': 'm' },
      });
    },
  },
];
