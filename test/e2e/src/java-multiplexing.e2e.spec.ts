import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Message as CloudMessage } from 'azure-iot-common';
import { eventually } from './both-directions/eventually.js';
import { type Subject, subjectOf } from './both-directions/subject.js';
import type { JavaClient } from './java/java-client.js';
import type { JavaMultiplexer } from './java/java-multiplexer.js';
import { JavaSdk } from './java/java-sdk.js';
import { EventCollector } from './support/event-collector.js';
import { onEveryHub } from './support/stores.js';

const DEVICES = 200;
const BATCH = 100;
const LISTENERS = 10;
const KEY = Buffer.alloc(32, 7).toString('base64');

onEveryHub('devices of the Java SDK that share a connection', (start) => {
  let subject: Subject;
  let sdk: JavaSdk;
  let collector: EventCollector;
  beforeAll(async () => {
    subject = subjectOf(await start());
    await subject.service.open();
    sdk = await JavaSdk.start(subject.hub);
    collector = EventCollector.open(subject.hub);
  });
  afterAll(async () => {
    await sdk?.close();
    await collector?.close();
    await subject?.service.close();
    await subject?.hub.close();
  });

  describe.each(['AMQPS', 'AMQPS_WS'] as const)('over %s', (protocol) => {
    const ids = Array.from({ length: DEVICES }, (_, index) => `${protocol}-${index}`);
    let multiplexer: JavaMultiplexer;
    let clients: JavaClient[];
    beforeAll(async () => {
      await addDevices(subject, ids);
      clients = await Promise.all(
        ids.map((id) => {
          const connectionString = `HostName=${subject.hub.host};DeviceId=${id};SharedAccessKey=${KEY}`;
          return sdk.client(id, { connectionString, protocol, retry: false });
        }),
      );
      multiplexer = await sdk.multiplexer(protocol, protocol);
    });

    const isDisconnected = ({ statuses }: JavaClient) => statuses.some(({ status }) => status === 'DISCONNECTED');

    it('are registered, before it opens and after', async () => {
      expect(await multiplexer.register(clients.slice(0, BATCH))).toEqual({});
      await multiplexer.open();
      expect(await multiplexer.register(clients.slice(BATCH))).toEqual({});
      expect(await multiplexer.registered()).toBe(DEVICES);
    });

    it('each send telemetry of their own', async () => {
      await Promise.all(clients.map((client) => client.send({ body: Buffer.from(client.name) })));
      await eventually('an event of each', () => ids.every((id) => bodiesOf(collector, id).length === 1));
      expect(ids.flatMap((id) => bodiesOf(collector, id))).toEqual(ids);
    });

    it('each have their own twin, methods and messages', async () => {
      const { registry, service } = subject;
      await Promise.all(
        clients.slice(0, LISTENERS).map(async (client, index) => {
          await client.watchDesired();
          await client.echoMethods();
          await client.receive();
          await registry.updateTwin(client.name, { properties: { desired: { index } } }, '*');
          await eventually('the push', () => client.pushes.some((push) => push['index'] === index));
          await client.report({ index });
          const { responseBody: twin } = await registry.getTwin(client.name);
          expect(twin.properties.reported).toMatchObject({ index });
          const call = { methodName: 'echo', payload: index, connectTimeoutInSeconds: 30 };
          const { result } = await service.invokeDeviceMethod(client.name, call);
          expect(result).toEqual({ status: 299, payload: index });
          await service.send(client.name, new CloudMessage(client.name));
          await eventually('the message', () => client.received.length === 1);
        }),
      );
      const listeners = clients.slice(0, LISTENERS);
      expect(listeners.map(({ received }) => received.map(({ body }) => body.toString()))).toEqual(
        listeners.map(({ name }) => [name]),
      );
      expect(
        clients.slice(LISTENERS).flatMap(({ pushes, calls, received }) => [pushes, calls, received].flat()),
      ).toEqual([]);
    });

    it('go on when one of them is disabled', async () => {
      const [first, ...others] = clients as [JavaClient, ...JavaClient[]];
      await subject.registry.update({ deviceId: first.name, status: 'disabled' });
      await eventually('its end', () => isDisconnected(first));
      await expect(first.send({ body: Buffer.from('refused') })).rejects.toThrow();
      await Promise.all(others.map((client) => client.send({ body: Buffer.from('on') })));
      expect(others.filter(isDisconnected)).toEqual([]);
      expect(bodiesOf(collector, first.name)).toEqual([first.name]);
    });

    it('leave one by one, and all with the connection', async () => {
      const [left, ...stayed] = clients.slice(1) as [JavaClient, ...JavaClient[]];
      const stateOf = async ({ name }: JavaClient) =>
        (await subject.registry.get(name)).responseBody.connectionState as string;
      await multiplexer.unregister([left]);
      await eventually('the hub to miss it', async () => (await stateOf(left)) === 'Disconnected');
      await Promise.all(stayed.slice(0, LISTENERS).map((client) => client.send({ body: Buffer.from('stayed') })));
      expect(await multiplexer.register([left])).toEqual({});
      await left.send({ body: Buffer.from('back') });
      await multiplexer.close();
      const last = stayed.at(-1) ?? left;
      await eventually('the hub to miss the last', async () => (await stateOf(last)) === 'Disconnected');
    });
  });
});

function bodiesOf({ events }: EventCollector, deviceId: string): readonly string[] {
  return events
    .filter(({ systemProperties }) => systemProperties?.['iothub-connection-device-id'] === deviceId)
    .filter(({ systemProperties }) => systemProperties?.['iothub-message-source'] === 'Telemetry')
    .map(({ body }) => String(body));
}

async function addDevices({ registry }: Subject, ids: readonly string[]): Promise<void> {
  const authentication = { type: 'sas', symmetricKey: { primaryKey: KEY, secondaryKey: KEY } } as const;
  for (let from = 0; from < ids.length; from += BATCH) {
    await registry.addDevices(ids.slice(from, from + BATCH).map((deviceId) => ({ deviceId, authentication })));
  }
}
