import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSasToken } from '@mooring/credentials';
import { selfSignedCertificate, testAuthority } from '@mooring/test-wire';
import { Client, Message, ModuleClient } from 'azure-iot-device';
import { Mqtt, MqttWs } from 'azure-iot-device-mqtt';
import type { Registry } from 'azure-iothub';
import { EventCollector } from './support/event-collector.js';
import { ownerKey } from './support/https.js';
import { putCertificate } from './support/management.js';
import { createDevice, openRegistry } from './support/registry.js';
import { onEveryHub, type RunningHub } from './support/stores.js';

const TRANSPORTS: readonly (readonly [name: string, transport: typeof Mqtt | typeof MqttWs])[] = [
  ['MQTT', Mqtt],
  ['MQTT over WebSocket', MqttWs],
];
const LARGEST_BODY = 255 * 1024;

onEveryHub('telemetry of the npm device SDK', (start) => {
  let hub: RunningHub;
  let registry: Registry;
  let collector: EventCollector;
  beforeAll(async () => {
    hub = await start();
    registry = openRegistry(hub);
    collector = EventCollector.open(hub);
  });
  afterAll(async () => {
    await collector?.close();
    await hub?.close();
  });

  /** Sends one message, and waits for it at the built-in endpoint. */
  async function sendOne(client: Client | ModuleClient, deviceId: string, message = new Message('hello')) {
    await client.open();
    await client.sendEvent(message);
    await client.close();
    const [event] = await collector.ofDevice(deviceId, 1);
    if (event === undefined) {
      throw new Error('unreachable: an event was awaited');
    }
    return event;
  }

  describe.each(TRANSPORTS)('over %s', (name, transport) => {
    const id = (kind: string) => `${kind}-${name.replaceAll(' ', '')}`;

    it('arrives with its properties and the stamps of the hub', async () => {
      const deviceId = id('key');
      const { connectionString } = await createDevice(registry, hub, deviceId);
      const message = new Message(JSON.stringify({ temperature: 21.5 }));
      message.messageId = 'message-1';
      message.correlationId = 'correlation 1/2';
      message.userId = 'user';
      message.contentType = 'application/json';
      message.contentEncoding = 'utf-8';
      message.properties.add('colour', 'dark red & green=blue');
      message.properties.add('iothub-connection-device-id', 'forged');
      message.properties.add('ключ', 'значение');
      const event = await sendOne(Client.fromConnectionString(connectionString, transport), deviceId, message);
      expect(event.body).toEqual({ temperature: 21.5 });
      expect(event).toMatchObject({
        messageId: 'message-1',
        correlationId: 'correlation 1/2',
        contentType: 'application/json',
      });
      expect(event.properties).toMatchObject({
        colour: 'dark red & green=blue',
        'iothub-connection-device-id': 'forged',
        ключ: 'значение',
      });
      const { generationId } = (await registry.get(deviceId)).responseBody as { generationId?: string };
      expect(event.systemProperties).toMatchObject({
        'iothub-connection-device-id': deviceId,
        'iothub-connection-auth-generation-id': generationId,
        'iothub-message-source': 'Telemetry',
      });
      const method: unknown = JSON.parse(event.systemProperties?.['iothub-connection-auth-method']);
      expect(method).toMatchObject({ scope: 'device', type: 'sas', issuer: 'iothub' });
      expect(Math.abs(Number(event.systemProperties?.['iothub-enqueuedtime']) - Date.now())).toBeLessThan(60_000);
    });

    it('may be empty, or as large as 256 KB allow', async () => {
      const deviceId = id('sizes');
      const { connectionString } = await createDevice(registry, hub, deviceId);
      const client = Client.fromConnectionString(connectionString, transport);
      await client.open();
      await client.sendEvent(new Message(''));
      await client.sendEvent(new Message(Buffer.alloc(LARGEST_BODY, 7)));
      await client.close();
      const [empty, large] = await collector.ofDevice(deviceId, 2);
      expect(Buffer.from(empty?.body ?? '')).toHaveLength(0);
      expect(Buffer.from(large?.body).equals(Buffer.alloc(LARGEST_BODY, 7))).toBe(true);
    });

    it('is admitted by a token of a policy', async () => {
      const deviceId = id('policy');
      await createDevice(registry, hub, deviceId);
      const se = Math.floor(Date.now() / 1000) + 600;
      const token = createSasToken({
        resource: `${hub.host}/devices/${deviceId}`,
        key: ownerKey(hub),
        se,
        policy: 'iothubowner',
      });
      const event = await sendOne(Client.fromSharedAccessSignature(token, transport), deviceId);
      expect(event.systemProperties?.['iothub-connection-auth-method']).toContain('"scope":"hub"');
    });

    it.each(['sha1', 'sha256'] as const)(
      'is admitted by a self-signed certificate, known by its %s thumbprint',
      async (hash) => {
        const deviceId = id(hash);
        const certificate = await selfSignedCertificate('any name');
        const thumbprint = certificate[hash];
        await registry.create({
          deviceId,
          authentication: {
            type: 'selfSigned',
            x509Thumbprint: { primaryThumbprint: '', secondaryThumbprint: thumbprint },
          },
        });
        const client = Client.fromConnectionString(`HostName=${hub.host};DeviceId=${deviceId};x509=true`, transport);
        client.setOptions({ cert: certificate.cert, key: certificate.key });
        const event = await sendOne(client, deviceId);
        expect(event.systemProperties?.['iothub-connection-auth-method']).toContain('x509');
      },
    );

    it('is admitted by a certificate of a registered authority', async () => {
      const deviceId = id('ca');
      const authority = await testAuthority(`authority of ${deviceId}`);
      await putCertificate(hub, `authority-${deviceId}`, authority.pem);
      await registry.create({ deviceId, authentication: { type: 'certificateAuthority' } });
      const { cert, key } = await authority.issue(deviceId);
      const client = Client.fromConnectionString(`HostName=${hub.host};DeviceId=${deviceId};x509=true`, transport);
      client.setOptions({ cert, key });
      expect(String((await sendOne(client, deviceId)).body)).toBe('hello');
    });

    it('of a module carries its id', async () => {
      const deviceId = id('host');
      await createDevice(registry, hub, deviceId);
      const module = (await registry.addModule({ deviceId, moduleId: 'm' })).responseBody;
      const key = module.authentication?.symmetricKey?.primaryKey;
      const connectionString = `HostName=${hub.host};DeviceId=${deviceId};ModuleId=m;SharedAccessKey=${key}`;
      const event = await sendOne(ModuleClient.fromConnectionString(connectionString, transport), deviceId);
      expect(event.systemProperties).toMatchObject({
        'iothub-connection-device-id': deviceId,
        'iothub-connection-module-id': 'm',
      });
    });

    it.each([
      [
        'a key of another device',
        (host: string) =>
          `HostName=${host};DeviceId=${id('victim')};SharedAccessKey=${Buffer.alloc(32).toString('base64')}`,
      ],
      [
        'the id of no device',
        (host: string) => `HostName=${host};DeviceId=nobody;SharedAccessKey=${Buffer.alloc(32).toString('base64')}`,
      ],
    ])('is refused with %s', async (_, connectionString) => {
      await registry
        .create({ deviceId: id('victim') })
        .catch((error: Error) => expect(error.name).toBe('DeviceAlreadyExistsError'));
      const client = Client.fromConnectionString(connectionString(hub.host), transport);
      await expect(client.open()).rejects.toMatchObject({ name: 'UnauthorizedError' });
    });
  });
});
