import { expect, it } from '@jest/globals';
import { Message as CloudMessage } from 'azure-iot-common';
import { type Client as DeviceClient, Message } from 'azure-iot-device';
import { Amqp, AmqpWs, Client as ServiceClient } from 'azure-iothub';
import { call } from '../support/https.js';
import { eventually } from './eventually.js';
import { collectFeedback } from './feedback.js';
import { MQTT, nameOf, newDevice, type Subject } from './subject.js';

const FEEDBACK_BATCH = 64;

/** Messages that a device was given and has completed, oldest first. */
function collect(client: DeviceClient): Message[] {
  const received: Message[] = [];
  client.on('message', (message: Message) => {
    received.push(message);
    void client.complete(message);
  });
  return received;
}

function text(id: string, body = id): CloudMessage {
  const message = new CloudMessage(body);
  message.messageId = id;
  return message;
}

/** What back ends that send to devices, and the devices, may rely on. */
export function cloudToDeviceTests(subject: () => Subject): void {
  it.each([
    ['AMQP', Amqp],
    ['AMQP over WebSocket', AmqpWs],
  ])('what is sent over %s arrives with its properties', async (sender, senderTransport) => {
    const { hub } = subject();
    const service = ServiceClient.fromConnectionString(hub.connectionString, senderTransport as never);
    await service.open();
    const deviceId = nameOf('c2d', sender);
    const client = await newDevice(subject(), deviceId, MQTT);
    const message = text('id 1/2', JSON.stringify({ on: true }));
    message.contentType = 'application/json';
    message.contentEncoding = 'utf-8';
    message.properties.add('ключ', 'значение');
    await service.send(deviceId, message);
    const received = collect(client);
    await client.open();
    await eventually('the message', () => received.length === 1);
    expect(JSON.parse(received[0]?.getData()?.toString() ?? '')).toEqual({ on: true });
    expect(received[0]).toMatchObject({ messageId: 'id 1/2', contentType: 'application/json' });
    expect(received[0]?.properties.getValue('ключ')).toBe('значение');
    await client.close();
    await service.close();
  });

  it('what is queued keeps its order, waits for the device, and counts in the registry', async () => {
    const { registry, service } = subject();
    const deviceId = 'c2d-queue';
    const client = await newDevice(subject(), deviceId, MQTT);
    await service.open();
    const ids = Array.from({ length: 50 }, (_, index) => `m${index}`);
    for (const id of ids) {
      await service.send(deviceId, text(id));
    }
    await expect(service.send(deviceId, text('one too many'))).rejects.toMatchObject({
      name: 'DeviceMaximumQueueDepthExceededError',
    });
    const { responseBody } = await registry.get(deviceId);
    expect(responseBody.cloudToDeviceMessageCount).toBe(50);
    const received = collect(client);
    await client.open();
    await eventually('all that was queued', () => received.length >= ids.length);
    expect(received.map(({ messageId }) => messageId)).toEqual(ids);
    await service.send(deviceId, text('live'));
    await eventually('what is sent to a connected device', () => received.length > ids.length);
    await eventually(
      'the queue to be empty',
      async () => Number((await registry.get(deviceId)).responseBody.cloudToDeviceMessageCount) === 0,
    );
    await client.close();
  });

  it('is refused for whom there is not, and when it is too large', async () => {
    const { service } = subject();
    await newDevice(subject(), 'c2d-refused', MQTT);
    await service.open();
    await expect(service.send('nobody', text('m'))).rejects.toMatchObject({ name: 'DeviceNotFoundError' });
    await expect(service.send('c2d-refused', text('m', 'x'.repeat(65 * 1024)))).rejects.toThrow();
  });

  it('tells the sender what became of it', async () => {
    const { hub, service } = subject();
    const deviceId = 'c2d-feedback';
    const client = await newDevice(subject(), deviceId, MQTT);
    await service.open();
    const feedback = await collectFeedback(service);
    const records = () => feedback.records.filter((record) => record.deviceId === deviceId);
    for (const [id, ack] of [
      ['full', 'full'],
      ['positive', 'positive'],
      ['negative', 'negative'],
      ['none', 'none'],
    ] as const) {
      const message = text(id);
      message.ack = ack;
      await service.send(deviceId, message);
    }
    const received = collect(client);
    await client.open();
    await eventually('the messages', () => received.length === 4);
    await client.close();
    const purged = text('purged');
    purged.ack = 'negative';
    await service.send(deviceId, purged);
    const { status, body } = await call(hub, {
      method: 'DELETE',
      path: `/devices/${deviceId}/commands?api-version=2021-04-12`,
    });
    expect([status, JSON.parse(body)]).toEqual([200, expect.objectContaining({ totalMessagesPurged: 1, deviceId })]);
    await completeMany(subject());
    await eventually('the feedback', () => records().length >= 3);
    expect(new Set(records().map((record) => `${record.originalMessageId} ${record.statusCode}`))).toEqual(
      new Set(['full Success', 'positive Success', 'purged Purged']),
    );
    feedback.close();
  });

  it('can be sent over HTTP', async () => {
    const { hub } = subject();
    const client = await newDevice(subject(), 'c2d-http', MQTT);
    const received = collect(client);
    await client.open();
    const { status } = await call(hub, {
      method: 'POST',
      path: '/devices/c2d-http/messages/deviceBound?api-version=2021-04-12',
      body: 'over http',
      headers: { 'iothub-messageid': 'h1', 'iothub-app-colour': 'red' },
    });
    expect(status).toBe(204);
    await eventually('the message', () => received.length === 1);
    expect(received[0]?.getData().toString()).toBe('over http');
    expect(received[0]?.properties.getValue('colour')).toBe('red');
    await client.close();
  });
}

/** Feedback goes out when a batch is full, or its oldest is 15 s old: this fills one. */
async function completeMany(subject: Subject): Promise<void> {
  const deviceId = 'c2d-feedback-more';
  const client = await newDevice(subject, deviceId, MQTT);
  const received = collect(client);
  await client.open();
  for (let count = 0; count < FEEDBACK_BATCH; count += 16) {
    const messages = Array.from({ length: 16 }, (_, index) => text(`more-${count + index}`));
    await Promise.all(
      messages.map((message) => {
        message.ack = 'positive';
        return subject.service.send(deviceId, message);
      }),
    );
    await eventually('the messages', () => received.length >= count + 16);
  }
  await client.close();
}
