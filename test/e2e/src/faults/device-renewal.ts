import { expect, it } from '@jest/globals';
import { Message as CloudMessage } from 'azure-iot-common';
import { Client as DeviceClient, type DeviceMethodRequest, type DeviceMethodResponse } from 'azure-iot-device';
import type { Mqtt, MqttWs } from 'azure-iot-device-mqtt';
import { eventually } from '../both-directions/eventually.js';
import { collectFeedback } from '../both-directions/feedback.js';
import { type Subject, TRANSPORTS } from '../both-directions/subject.js';
import { watchDesired } from '../both-directions/watch-desired.js';
import { token } from '../support/cast.js';
import { createDevice } from '../support/registry.js';
import { TwoWayDevice } from './two-way-device.js';

const RENEWALS = 3;
/** Of each renewal; those of two devices fill a batch of feedback. */
const MESSAGES = 8;
const GAP_SECONDS = 60;
const TOKEN_SECONDS = 3;

type Transport = typeof Mqtt | typeof MqttWs;

/** What a device does not miss while it renews its token, which over MQTT is a new connection. */
export function deviceRenewalTests(subject: () => Subject): void {
  it('of a connection that its hub closes when the token ends, and that comes back with another', async () => {
    const { hub, registry, service } = subject();
    const deviceId = 'short-lived';
    const { key } = await createDevice(registry, hub, deviceId);
    const soon = Math.floor(Date.now() / 1000) + TOKEN_SECONDS;
    const first = await TwoWayDevice.connect(hub, { deviceId, key, tokenSeconds: TOKEN_SECONDS });
    await first.subscribe();
    await first.untilClosed();
    expect(Date.now()).toBeGreaterThanOrEqual(soon * 1_000);

    const call = { methodName: 'm', payload: 'gap', connectTimeoutInSeconds: GAP_SECONDS };
    const answer = service.invokeDeviceMethod(deviceId, call);
    await registry.updateTwin(deviceId, { properties: { desired: { gap: 1 } } }, '*');
    await service.open();
    await service.send(deviceId, new CloudMessage('gap'));

    const second = await TwoWayDevice.connect(hub, { deviceId, key });
    expect(second.resumed).toBe(true);
    second.answer(await second.nextCall(), 200, 'after');
    expect((await answer).result).toEqual({ status: 200, payload: 'after' });
    expect(await second.getDesired()).toEqual({ gap: 1, $version: 2 });
    await registry.updateTwin(deviceId, { properties: { desired: { later: 2 } } }, '*');
    expect(await second.pushed('later')).toEqual({ later: 2, $version: 3 });
    await eventually('the message', () => second.messages.includes('gap'));
    second.close();
  });

  it(`of clients of the SDK that renew ${RENEWALS} times under traffic`, async () => {
    const { service } = subject();
    await service.open();
    const feedback = await collectFeedback(service);
    const sent = await Promise.all(
      TRANSPORTS.map(([, transport], index) => renew(subject(), `renews-${index}`, transport)),
    );
    await eventually(
      'feedback for each message',
      () => {
        const told = new Set(feedback.records.map(({ originalMessageId }) => originalMessageId));
        return sent.flat().every((id) => told.has(id));
      },
      45_000,
    );
    expect(new Set(feedback.records.map(({ statusCode }) => statusCode))).toEqual(new Set(['Success']));
    feedback.close();
  });
}

/** @returns ids of the messages that the device was sent, and has got */
async function renew(subject: Subject, deviceId: string, transport: Transport): Promise<readonly string[]> {
  const device = await openDevice(subject, deviceId, transport);
  try {
    const ids = await renewals(subject, device);
    await eventually('each message', () => ids.every((id) => device.received.has(id)));
    return ids;
  } finally {
    await device.client.close();
  }
}

async function renewals(
  { registry, service }: Subject,
  device: Awaited<ReturnType<typeof openDevice>>,
): Promise<readonly string[]> {
  const { deviceId, client, twin } = device;
  const desire = (desired: object) => registry.updateTwin(deviceId, { properties: { desired } }, '*');
  const pushes = await watchDesired(twin, desire);
  const pushed = async (name: string) => {
    await desire({ [name]: true });
    await eventually(`a push of ${name} without a new subscription`, () => pushes.some((push) => name in push));
  };
  const invoke = (payload: string) =>
    service.invokeDeviceMethod(deviceId, { methodName: 'hold', payload, connectTimeoutInSeconds: GAP_SECONDS });
  const isSeen = async (state: string) => (await registry.get(deviceId)).responseBody.connectionState === state;

  const ids: string[] = [];
  const send = async (kind: string) => {
    for (let index = 0; index < MESSAGES; index++) {
      const id = `${deviceId}-${kind}-${index}`;
      await service.send(deviceId, messageOf(id));
      ids.push(id);
    }
  };

  for (let renewal = 0; renewal < RENEWALS; renewal++) {
    const answer = invoke(`across-${renewal}`);
    await device.given(`across-${renewal}`);
    await Promise.all([client.updateSharedAccessSignature(device.nextToken()), send(`across-${renewal}`)]);
    await device.answer(`across-${renewal}`);
    expect((await answer).result).toEqual({ status: 200, payload: `across-${renewal}` });
    await pushed(`after-${renewal}`);
  }

  await eventually('the hub to see it', () => isSeen('Connected'));
  await client.close();
  // What is called before the hub knows goes to the connection that has ended.
  await eventually('the hub to miss it', () => isSeen('Disconnected'));
  const answer = invoke('in the gap');
  await desire({ gap: true });
  await send('gap');
  await client.updateSharedAccessSignature(device.nextToken());
  await client.open();
  await device.answer('in the gap');
  expect((await answer).result).toEqual({ status: 200, payload: 'in the gap' });
  expect((await client.getTwin()).properties.desired).toHaveProperty('gap', true);
  await pushed('after-gap');
  return ids;
}

/** A client of the SDK that completes messages, and holds calls until it is told to answer. */
async function openDevice({ hub, registry }: Subject, deviceId: string, transport: Transport) {
  const { key } = await createDevice(registry, hub, deviceId);
  let seconds = 600;
  // Each ends a second later than the one before, so that none is like another.
  const nextToken = () => token({ resource: `${hub.host}/devices/${deviceId}`, key, seconds: seconds++ });
  const client = DeviceClient.fromSharedAccessSignature(nextToken(), transport);
  // Else the SDK acknowledges what comes while it disconnects, and drops it.
  await client.setOptions({ mqtt: { forceDisconnect: true } } as never);
  const received = new Set<string>();
  client.on('message', (message) => {
    received.add(message.messageId);
    // One that cannot be settled is delivered again.
    client.complete(message, () => undefined);
  });
  await client.open();
  const held = new Map<unknown, DeviceMethodResponse>();
  client.onDeviceMethod('hold', ({ payload }: DeviceMethodRequest, response: DeviceMethodResponse) => {
    held.set(payload, response);
  });
  const twin = await client.getTwin();
  const given = (payload: string) => eventually(`the call ${payload}`, () => held.has(payload));
  const answer = async (payload: string) => {
    await given(payload);
    await held.get(payload)?.send(200, payload);
  };
  return { deviceId, client, twin, received, nextToken, given, answer };
}

function messageOf(id: string): CloudMessage {
  const message = new CloudMessage(id);
  message.messageId = id;
  message.ack = 'positive';
  return message;
}
