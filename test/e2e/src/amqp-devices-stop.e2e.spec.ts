import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { registerDevices } from '@mooring/test-fleet';
import { type HubPart, startHub, until } from '@mooring/test-parts';
import { Message as CloudMessage } from 'azure-iot-common';
import { Client, Message } from 'azure-iot-device';
import { Amqp, AmqpWs } from 'azure-iot-device-amqp';
import { type Registry, Client as ServiceClient } from 'azure-iothub';
import type { JavaClient } from './java/java-client.js';
import { JavaSdk } from './java/java-sdk.js';
import { EventCollector } from './support/event-collector.js';
import { createDevice, openRegistry } from './support/registry.js';

const TIMEOUT_MS = 40_000;
const SHARING = 5;

/** Sends one message after the other, and notes what was accepted and what has come. */
class Resident {
  readonly accepted: number[] = [];
  readonly received: string[] = [];
  private sending = true;

  private constructor(private readonly client: Client) {}

  static async open(connectionString: string, transport: typeof Amqp | typeof AmqpWs): Promise<Resident> {
    const client = Client.fromConnectionString(connectionString, transport);
    const resident = new Resident(client);
    client.on('error', () => undefined);
    client.on('message', (message: Message) => {
      resident.received.push(String(message.getData()));
      client.complete(message, () => undefined);
    });
    await client.open();
    void resident.send();
    return resident;
  }

  async close(): Promise<void> {
    this.sending = false;
    await this.client.close();
  }

  private async send(): Promise<void> {
    for (let number = 0; this.sending; number++) {
      await this.client.sendEvent(new Message(String(number))).then(
        () => this.accepted.push(number),
        () => undefined,
      );
    }
  }
}

describe('a hub that is stopped and started again', () => {
  let hub: HubPart;
  let registry: Registry;
  beforeAll(async () => {
    hub = await startHub();
    registry = openRegistry(hub);
  });
  afterAll(() => hub?.close());

  it('keeps all that it has accepted over AMQP, and its devices come back and go on', async () => {
    const ids = ['amqp', 'amqp-ws'];
    const residents = await Promise.all(
      [Amqp, AmqpWs].map(async (transport, index) => {
        const { connectionString } = await createDevice(registry, hub, ids[index] ?? '');
        return Resident.open(connectionString, transport);
      }),
    );
    const progress = async (what: string) => {
      const before = residents.map(({ accepted }) => accepted.length);
      const isPast = () => residents.every(({ accepted }, index) => accepted.length > (before[index] ?? 0) + 10);
      await until(isPast, { what, timeoutMs: TIMEOUT_MS });
    };
    const sdk = await JavaSdk.start(hub);
    const shared = await multiplexed(sdk, hub);
    const all = (body: string) => Promise.all(shared.map((client) => client.send({ body: Buffer.from(body) })));
    await all('before');
    await progress('messages before the stop');
    await hub.stop();
    expect(hub.exitCode).toBe(0);
    await hub.start();
    await progress('messages after the start');
    await all('after');
    await sdk.close();

    const service = ServiceClient.fromConnectionString(hub.connectionString);
    await service.open();
    await Promise.all(ids.map((id) => service.send(id, new CloudMessage(`for ${id}`))));
    await until(() => residents.every(({ received }) => received.length > 0), {
      what: 'messages for the devices',
      timeoutMs: TIMEOUT_MS,
    });
    expect(residents.map(({ received }) => received)).toEqual([['for amqp'], ['for amqp-ws']]);
    await service.close();
    await Promise.all(residents.map((resident) => resident.close()));

    const collector = EventCollector.open(hub);
    for (const [index, { accepted }] of residents.entries()) {
      const stored = await collector.ofDevice(ids[index] ?? '', accepted.length);
      const numbers = new Set(stored.map(({ body }) => Number(body)));
      expect(accepted.filter((number) => !numbers.has(number))).toEqual([]);
    }
    for (const { name } of shared) {
      const stored = await collector.ofDevice(name, 2);
      expect(new Set(stored.map(({ body }) => String(body)))).toEqual(new Set(['before', 'after']));
    }
    await collector.close();
  });
});

/** Devices of the Java SDK that share a connection. */
async function multiplexed(sdk: JavaSdk, hub: HubPart): Promise<readonly JavaClient[]> {
  const ids = Array.from({ length: SHARING }, (_, index) => `java-${index}`);
  const clients = await Promise.all(
    (await registerDevices(hub, ids)).map(({ deviceId, key }) => {
      const connectionString = `HostName=${hub.host};DeviceId=${deviceId};SharedAccessKey=${key}`;
      return sdk.client(deviceId, { connectionString, protocol: 'AMQPS' });
    }),
  );
  const multiplexer = await sdk.multiplexer('shared', 'AMQPS');
  await multiplexer.register(clients);
  await multiplexer.open();
  return clients;
}
