import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type HubPart, startHub } from '@mooring/test-parts';
import { NoRetry } from 'azure-iot-common';
import { Client, Message } from 'azure-iot-device';
import { Amqp } from 'azure-iot-device-amqp';
import { Http } from 'azure-iot-device-http';
import { Mqtt } from 'azure-iot-device-mqtt';
import { type Registry, Client as ServiceClient } from 'azure-iothub';
import { eventually } from './both-directions/eventually.js';
import { EventCollector } from './support/event-collector.js';
import { call } from './support/https.js';
import { createDevice, openRegistry } from './support/registry.js';

const READY_TIMEOUT_MS = 60_000;
/** Many more than the limit lets through while one of them may wait. */
const FLOOD = 80;

describe('a hub that throttles', () => {
  let hub: HubPart;
  let registry: Registry;
  let collector: EventCollector;
  beforeAll(async () => {
    hub = await startHub({
      environment: {
        MOORING_THROTTLING: 'true',
        MOORING_THROTTLE_BACKLOG_SECONDS: '2',
        MOORING_THROTTLE_D2C_SENDS_PER_SECOND: '10',
        MOORING_THROTTLE_IDENTITY_OPERATIONS_PER_MINUTE: '20',
        MOORING_THROTTLE_QUERIES_PER_MINUTE: '2',
      },
    });
    registry = openRegistry(hub);
    collector = EventCollector.open(hub);
  }, READY_TIMEOUT_MS);
  afterAll(async () => {
    await collector?.close();
    await hub?.close();
  });

  async function openClient(deviceId: string, transport: typeof Mqtt | typeof Amqp | typeof Http): Promise<Client> {
    const { connectionString } = await createDevice(registry, hub, deviceId);
    const client = Client.fromConnectionString(connectionString, transport);
    client.setRetryPolicy(new NoRetry());
    client.on('error', () => undefined);
    await client.open();
    return client;
  }

  /** Sends all at once. What becomes of each is told as it comes. */
  function flood(client: Client) {
    const accepted: string[] = [];
    const refused: Error[] = [];
    for (let index = 0; index < FLOOD; index++) {
      client
        .sendEvent(new Message(`m-${index}`))
        .then(() => accepted.push(`m-${index}`))
        .catch((error: Error) => refused.push(error));
    }
    return { accepted, refused };
  }

  /** All that was accepted is there, and in its order; of what was not told, some may be. */
  async function checkStored(deviceId: string, accepted: readonly string[]): Promise<void> {
    const events = await collector.ofDevice(deviceId, accepted.length);
    const bodies = events.map(({ body }) => String(body));
    expect(bodies).toEqual(expect.arrayContaining([...accepted]));
    expect(bodies).toEqual(bodies.toSorted((a, b) => Number(a.slice(2)) - Number(b.slice(2))));
  }

  it('slows a flood over MQTT down, and then closes the connection', async () => {
    const client = await openClient('throttled-mqtt', Mqtt);
    let isClosed = false;
    client.on('disconnect', () => {
      isClosed = true;
    });
    const { accepted } = flood(client);
    await eventually('the end of the connection', () => isClosed);
    expect(accepted.length).toBeGreaterThan(10);
    expect(accepted.length).toBeLessThan(FLOOD);
    await checkStored('throttled-mqtt', accepted);
    const { body } = await call(hub, {
      method: 'GET',
      path: '/management/operations?deviceId=throttled-mqtt&api-version=2021-04-12',
    });
    expect(body).toContain('429001');
    await client.close();
  });

  it.each([
    ['AMQP', 'throttled-amqp', Amqp, 'ThrottlingError'],
    // This client knows the status by its text only.
    ['HTTPS', 'throttled-https', Http, 'Error'],
  ] as const)('slows a flood over %s down, and then refuses what waits', async (_, deviceId, transport, error) => {
    const client = await openClient(deviceId, transport);
    const { accepted, refused } = flood(client);
    await eventually('a decision on each message', () => accepted.length + refused.length === FLOOD);
    expect(accepted.length).toBeGreaterThan(10);
    expect(refused.length).toBeGreaterThan(10);
    expect(namesOf(refused)).toEqual([error]);
    const events = await collector.ofDevice(deviceId, accepted.length);
    expect(events.map(({ body }) => String(body)).toSorted()).toEqual(accepted.toSorted());
    await client.close();
  });

  it('refuses back ends beyond their limits with 429, and says when to come again', async () => {
    const query = {
      method: 'POST',
      path: '/devices/query?api-version=2021-04-12',
      body: '{"query":"SELECT * FROM devices"}',
    };
    const answers = await Promise.all(Array.from({ length: 6 }, () => call(hub, query)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(2);
    expect(refused.length).toBeGreaterThanOrEqual(2);
    expect(refused[0]?.headers).toMatchObject({ 'iothub-errorcode': 'ThrottlingException', 'retry-after': '2' });
    const gets = Array.from({ length: 40 }, () => registry.get('throttled-mqtt').catch((error: Error) => error));
    const errorsOfSdk = (await Promise.all(gets)).filter((answer) => answer instanceof Error);
    expect(namesOf(errorsOfSdk)).toEqual(['ThrottlingError']);
  });
});

describe('a hub with a daily quota', () => {
  let hub: HubPart;
  beforeAll(async () => {
    hub = await startHub({ environment: { MOORING_DAILY_MESSAGE_QUOTA: '4' } });
  }, READY_TIMEOUT_MS);
  afterAll(() => hub?.close());

  it('refuses messages of all protocols and both directions beyond it', async () => {
    const registry = openRegistry(hub);
    const service = ServiceClient.fromConnectionString(hub.connectionString);
    const { connectionString } = await createDevice(registry, hub, 'd');
    const send = async (transport: typeof Mqtt | typeof Amqp | typeof Http): Promise<unknown> => {
      const client = Client.fromConnectionString(connectionString, transport);
      client.setRetryPolicy(new NoRetry());
      client.on('error', () => undefined);
      try {
        await client.open();
        await client.sendEvent(new Message('m'));
        return 'accepted';
      } catch (error) {
        return Object(error).constructor.name;
      } finally {
        await client.close();
      }
    };
    const toDevice = () =>
      service.send('d', 'm').then(
        () => 'accepted',
        (error: unknown) => Object(error).constructor.name,
      );
    const rest = async () => {
      const path = '/devices/d/messages/deviceBound?api-version=2021-04-12';
      const { status, headers } = await call(hub, { method: 'POST', path, body: 'm' });
      return [status, headers['iothub-errorcode']];
    };
    expect([await send(Mqtt), await send(Amqp), await send(Http), await toDevice()]).toEqual(Array(4).fill('accepted'));
    expect([await send(Amqp), await send(Http)]).toEqual(Array(2).fill('IotHubQuotaExceededError'));
    // The back end's client has this one name for the condition amqp:resource-limit-exceeded.
    expect(await toDevice()).toBe('DeviceMaximumQueueDepthExceededError');
    expect(await send(Mqtt)).not.toBe('accepted');
    expect(await rest()).toEqual([403, 'IotHubQuotaExceeded']);
    await service.close();
  });
});

/** The kinds of errors, as the SDKs tell them apart. */
function namesOf(errors: readonly unknown[]): string[] {
  return [...new Set(errors.map((error) => Object(error).constructor.name))];
}
