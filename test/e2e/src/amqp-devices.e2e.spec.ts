import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '@mooring/test-parts';
import { selfSignedCertificate, testAuthority } from '@mooring/test-wire';
import { Message as CloudMessage } from 'azure-iot-common';
import {
  Client,
  type DeviceMethodRequest,
  type DeviceMethodResponse,
  type Twin as DeviceTwin,
  Message,
  ModuleClient,
} from 'azure-iot-device';
import { Amqp, AmqpWs } from 'azure-iot-device-amqp';
import { Mqtt, MqttWs } from 'azure-iot-device-mqtt';
import { type Registry, Client as ServiceClient } from 'azure-iothub';
import { EventCollector } from './support/event-collector.js';
import { putCertificate } from './support/management.js';
import { createDevice, openRegistry } from './support/registry.js';
import { onEveryHub, type RunningHub } from './support/stores.js';

const TRANSPORTS: readonly (readonly [name: string, transport: typeof Amqp | typeof AmqpWs])[] = [
  ['AMQP', Amqp],
  ['AMQP over WebSocket', AmqpWs],
];
const OTHERS = [...TRANSPORTS, ['MQTT', Mqtt], ['MQTT over WebSocket', MqttWs]] as const;
const TIMEOUT_MS = 30_000;
const LARGEST_BODY = 255 * 1024;

onEveryHub('the npm device SDK over AMQP', (start) => {
  let hub: RunningHub;
  let registry: Registry;
  let service: ServiceClient;
  let collector: EventCollector;
  beforeAll(async () => {
    hub = await start();
    registry = openRegistry(hub);
    service = ServiceClient.fromConnectionString(hub.connectionString);
    await service.open();
    collector = EventCollector.open(hub);
  });
  afterAll(async () => {
    await collector?.close();
    await service?.close();
    await hub?.close();
  });

  describe.each(TRANSPORTS)('%s', (name, transport) => {
    const id = (kind: string) => `${kind}-${name.replaceAll(' ', '')}`;

    async function device(kind: string): Promise<Client> {
      const { connectionString } = await createDevice(registry, hub, id(kind));
      const client = Client.fromConnectionString(connectionString, transport);
      await client.open();
      return client;
    }

    it('sends telemetry with its properties', async () => {
      const client = await device('telemetry');
      const message = new Message(JSON.stringify({ temperature: 21.5 }));
      message.messageId = 'message-1';
      message.contentType = 'application/json';
      message.contentEncoding = 'utf-8';
      message.properties.add('colour', 'dark red');
      message.properties.add('iothub-connection-device-id', 'forged');
      await client.sendEvent(message);
      await client.sendEvent(new Message(Buffer.alloc(0)));
      await client.sendEvent(new Message(Buffer.alloc(LARGEST_BODY, 7)));
      const [event, empty, large] = await collector.ofDevice(id('telemetry'), 3);
      expect(event).toMatchObject({
        body: { temperature: 21.5 },
        messageId: 'message-1',
        properties: { colour: 'dark red' },
        systemProperties: { 'iothub-connection-device-id': id('telemetry') },
      });
      expect([empty?.body.length, large?.body.length]).toEqual([0, LARGEST_BODY]);
      await client.close();
    });

    it('admits modules, which send to outputs and wait for inputs', async () => {
      await createDevice(registry, hub, id('parent'));
      const { responseBody } = await registry.addModule({ deviceId: id('parent'), moduleId: 'm' });
      const key = responseBody.authentication?.symmetricKey?.primaryKey;
      const module = ModuleClient.fromConnectionString(
        `HostName=${hub.host};DeviceId=${id('parent')};ModuleId=m;SharedAccessKey=${key}`,
        transport,
      );
      await module.open();
      module.on('inputMessage', () => undefined);
      await module.sendEvent(new Message('of a module'));
      await module.sendOutputEvent('readings', new Message('of an output'));
      const [event, output] = await collector.ofDevice(id('parent'), 2);
      expect(event?.systemProperties).toMatchObject({ 'iothub-connection-module-id': 'm' });
      expect([event?.body, output?.body].map(String)).toEqual(['of a module', 'of an output']);
      await module.close();
    });

    it('admits devices with certificates: registered ones, and those of an authority', async () => {
      const certificate = await selfSignedCertificate(id('x509'));
      await registry.create({
        deviceId: id('x509'),
        authentication: {
          type: 'selfSigned',
          x509Thumbprint: { primaryThumbprint: certificate.sha256, secondaryThumbprint: '' },
        },
      } as never);
      const authority = await testAuthority(id('authority'));
      await putCertificate(hub, id('authority'), authority.pem);
      const issued = await authority.issue(id('signed'));
      await registry.create({ deviceId: id('signed'), authentication: { type: 'certificateAuthority' } });
      for (const [deviceId, { cert, key }] of [
        [id('x509'), certificate],
        [id('signed'), issued],
      ] as const) {
        const client = Client.fromConnectionString(`HostName=${hub.host};DeviceId=${deviceId};x509=true`, transport);
        await client.setOptions({ cert, key });
        await client.open();
        await client.sendEvent(new Message('of a certificate'));
        await client.close();
        expect(await collector.ofDevice(deviceId, 1)).toHaveLength(1);
      }
    });

    it('is refused with a wrong key, and for an unknown device', async () => {
      const { connectionString } = await createDevice(registry, hub, id('refused'));
      const wrong = connectionString.replace(
        /SharedAccessKey=.*/,
        `SharedAccessKey=${Buffer.alloc(32).toString('base64')}`,
      );
      for (const refused of [wrong, wrong.replace(id('refused'), 'nobody')]) {
        const client = Client.fromConnectionString(refused, transport);
        await expect(client.open()).rejects.toMatchObject({ name: 'UnauthorizedError' });
      }
    });

    it('receives messages, completes, rejects and abandons them', async () => {
      const client = await device('c2d');
      const received: string[] = [];
      const decide = (message: Message) => {
        received.push(message.messageId);
        const isFirst = received.filter((each) => each === message.messageId).length === 1;
        return message.messageId === 'rejected'
          ? client.reject(message)
          : message.messageId === 'abandoned' && isFirst
            ? client.abandon(message)
            : client.complete(message);
      };
      // What is decided of two neighbours in one turn, the SDK's rhea sends as one outcome: that of the first.
      let decided: Promise<unknown> = Promise.resolve();
      client.on('message', (message: Message) => {
        decided = decided.then(() => decide(message)).then(() => turn());
      });
      for (const messageId of ['completed', 'rejected', 'abandoned']) {
        const message = new CloudMessage(messageId);
        message.messageId = messageId;
        await service.send(id('c2d'), message);
      }
      await until(() => received.length === 4, { what: 'the messages', timeoutMs: TIMEOUT_MS });
      expect(received.filter((messageId) => messageId === 'abandoned')).toHaveLength(2);
      await until(async () => Number((await registry.get(id('c2d'))).responseBody.cloudToDeviceMessageCount) === 0, {
        what: 'the queue to be empty',
        timeoutMs: TIMEOUT_MS,
      });
      await client.close();
    });

    it('answers method calls', async () => {
      const client = await device('method');
      client.onDeviceMethod('echo', (request: DeviceMethodRequest, response: DeviceMethodResponse) => {
        void response.send(299, request.payload as never);
      });
      for (const payload of [null, '', 'foo', {}, { k1: 'v1' }]) {
        const call = { methodName: 'echo', payload, connectTimeoutInSeconds: 30, responseTimeoutInSeconds: 45 };
        const { result } = await service.invokeDeviceMethod(id('method'), call);
        expect(result).toEqual({ status: 299, payload });
      }
      await client.close();
    });

    it('has a twin', async () => {
      const client = await device('twin');
      const twin: DeviceTwin = await client.getTwin();
      const seen: unknown[] = [];
      twin.on('properties.desired', (desired) => seen.push(desired));
      await until(
        async () => {
          await registry.updateTwin(id('twin'), { properties: { desired: { a: seen.length } } }, '*');
          return seen.length > 1;
        },
        { what: 'a push', timeoutMs: TIMEOUT_MS },
      );
      await new Promise<void>((resolve, reject) =>
        twin.properties.reported.update({ firmware: '1.2' }, (error?: Error) => (error ? reject(error) : resolve())),
      );
      const { responseBody } = await registry.getTwin(id('twin'));
      expect(responseBody.properties.reported).toMatchObject({ firmware: '1.2' });
      await client.close();
    });

    it.each(OTHERS.filter(([, other]) => other !== transport))(
      'takes itself over from %s, and back',
      async (_, other) => {
        const { connectionString } = await createDevice(registry, hub, id(`moved-${other.name}`));
        let holder = await only(connectionString, other);
        for (const next of [transport, other]) {
          const disconnected = new Promise((resolve) => holder.once('disconnect', resolve));
          holder = await only(connectionString, next);
          await disconnected;
          await holder.sendEvent(new Message('moved'));
        }
        await holder.close();
      },
    );
  });
});

/** Connects, which over AMQP takes a link, and does not come back once it is disconnected. */
async function only(connectionString: string, transport: (typeof OTHERS)[number][1]): Promise<Client> {
  const client = Client.fromConnectionString(connectionString, transport);
  client.setRetryPolicy({ shouldRetry: () => false, nextRetryTimeout: () => 0 } as never);
  client.on('error', () => undefined);
  await client.open();
  await client.sendEvent(new Message('here'));
  return client;
}
