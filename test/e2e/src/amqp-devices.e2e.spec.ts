import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Message, ModuleClient } from 'azure-iot-device';
import { Amqp, AmqpWs } from 'azure-iot-device-amqp';
import { Mqtt, MqttWs } from 'azure-iot-device-mqtt';
import type { Registry } from 'azure-iothub';
import { EventCollector } from './support/event-collector.js';
import { createDevice, openRegistry } from './support/registry.js';
import { onEveryHub, type RunningHub } from './support/stores.js';

const TRANSPORTS: readonly (readonly [name: string, transport: typeof Amqp | typeof AmqpWs])[] = [
  ['AMQP', Amqp],
  ['AMQP over WebSocket', AmqpWs],
];
const OTHERS = [...TRANSPORTS, ['MQTT', Mqtt], ['MQTT over WebSocket', MqttWs]] as const;

onEveryHub('the npm device SDK over AMQP', (start) => {
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

  describe.each(TRANSPORTS)('%s', (name, transport) => {
    const id = (kind: string) => `${kind}-${name.replaceAll(' ', '')}`;

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
