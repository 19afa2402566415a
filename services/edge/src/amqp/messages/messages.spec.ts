import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HubError } from '@mooring/errors';
import { c2dqueue, edge as contract } from '@mooring/proto';
import rhea, { type Connection, type EventContext, type Message, type Receiver } from 'rhea';
import { FakeQueues } from '../../fake-queues.spec-support.js';
import { until } from '../../test-edge.spec-support.js';
import { ended, openReceiver, openSender, putToken } from '../spec-support/amqp-client.js';
import { AmqpEdge } from '../spec-support/amqp-edge.js';

const DEVICE_BOUND = '/devices/d1/messages/devicebound';
const BY_HAND = { autoaccept: false, autosettle: false, credit_window: 0 };
const SECOND = 1;

let edge: AmqpEdge;
let queues: FakeQueues;
let connection: Connection;
beforeEach(async () => {
  queues = new FakeQueues();
  edge = await AmqpEdge.start({ more: { c2dQueueService: queues } });
  connection = edge.connect();
  await putToken(connection, 'd1', edge.token());
});
afterEach(() => edge.stop());

/** Deliveries as they come. */
function collect(link: Receiver): EventContext[] {
  const received: EventContext[] = [];
  link.on('message', (context) => received.push(context));
  return received;
}

async function receiving(credit: number, options: Record<string, unknown> = {}) {
  const link = await openReceiver(connection, DEVICE_BOUND, { ...BY_HAND, ...options });
  const received = collect(link);
  link.add_credit(credit);
  return { link, received };
}

describe('cloud-to-device messages over AMQP', () => {
  it('carry all that their sender and the queue say of them', async () => {
    queues.put('d1', {
      messageId: 'm1',
      correlationId: 'c1',
      userId: 'u1',
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      expiryTimeMs: 1_700_000_000_000,
      ack: c2dqueue.Ack.FULL,
      properties: [
        { name: 'colour', value: 'dark red' },
        { name: 'empty', value: '' },
      ],
      body: Buffer.from('{}'),
    });
    const { received } = await receiving(1);
    await until(() => received.length === 1);
    const { message, delivery } = received[0] ?? {};
    expect(message).toMatchObject({
      message_id: 'm1',
      correlation_id: 'c1',
      to: '/devices/d1/messages/deviceBound',
      content_type: 'application/json',
      content_encoding: 'utf-8',
      absolute_expiry_time: new Date(1_700_000_000_000),
      message_annotations: {
        'x-opt-sequence-number': 1,
        'iothub-deliverycount': 0,
        'iothub-enqueuedtime': new Date(0),
      },
      application_properties: { colour: 'dark red', empty: '', 'iothub-ack': 'full' },
    });
    expect(message?.user_id?.toString()).toBe('u1');
    expect(message?.body).toMatchObject({ content: Buffer.from('{}') });
    expect(delivery?.tag).toHaveLength(16);
  });

  it('are completed, rejected and abandoned by the dispositions of their device', async () => {
    for (const id of ['a', 'b', 'c', 'd']) {
      queues.put('d1', { messageId: id });
    }
    const { received, link } = await receiving(4);
    await until(() => received.length === 4);
    received[0]?.delivery?.accept();
    await until(() => queues.settled.length === 1);
    received[1]?.delivery?.reject({ condition: 'x', description: 'y' });
    await until(() => queues.settled.length === 2);
    received[2]?.delivery?.release();
    received[3]?.delivery?.modified({ delivery_failed: true });
    link.add_credit(2);
    await until(() => received.length === 6);
    expect(new Set(queues.settled)).toEqual(new Set(['completed a', 'rejected b', 'abandoned c', 'abandoned d']));
    const again = received.slice(4).map(({ message }) => (message as Message).message_annotations);
    expect(again.map((annotations) => annotations?.['iothub-deliverycount'])).toEqual([1, 1]);
  });

  it('are settled by the hub where the device waits for it (receiver settle mode second)', async () => {
    queues.put('d1', { messageId: 'a' });
    queues.put('d1', { messageId: 'b' });
    const { received, link } = await receiving(2, { rcv_settle_mode: SECOND });
    await until(() => received.length === 2);
    const settled: unknown[] = [];
    link.on('settled', ({ delivery }: EventContext) => settled.push(delivery));
    received[0]?.delivery?.update(false, accepted());
    await until(() => settled.length === 1);
    expect(queues.settled).toEqual(['completed a']);
    queues.settleFailure = new HubError('DeviceMessageLockLost', 'The lock is lost.');
    received[1]?.delivery?.update(false, accepted());
    await until(() => settled.length === 2);
    expect(received[1]?.delivery?.remote_state).toMatchObject({
      error: { condition: 'com.microsoft:message-lock-lost' },
    });
  });

  it('are completed as they are sent where the device wants them settled', async () => {
    queues.put('d1', { messageId: 'a' });
    const { received } = await receiving(1, { snd_settle_mode: 1 });
    await until(() => received.length === 1 && queues.settled.length === 1);
    expect(queues.settled).toEqual(['completed a']);
  });

  it('are sent as the device gives credit, and when there are more', async () => {
    const { link, received } = await receiving(0);
    queues.put('d1', {});
    queues.put('d1', {});
    link.add_credit(1);
    await until(() => received.length === 1);
    link.add_credit(1);
    await until(() => received.length === 2);
    link.add_credit(5);
    queues.put('d1', {});
    await edge.test.edge.delivery.hintMessages(
      contract.HintMessagesRequest.fromPartial({ keys: [{ deviceId: 'd1', moduleId: '' }] }),
    );
    await until(() => received.length === 3);
  });

  it('go back to the queue when their link ends', async () => {
    queues.put('d1', { messageId: 'a' });
    const { link, received } = await receiving(1);
    await until(() => received.length === 1);
    link.close();
    await until(() => queues.detached.length === 1);
    const { received: again } = await receiving(1);
    await until(() => again.length === 1);
  });

  it('are not read over a new link before what the older one held is free', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    queues.detachGate = promise;
    await openSender(connection, '/devices/d1/messages/events');
    queues.put('d1', { messageId: 'a' });
    const older = await receiving(1, { name: 'older' });
    await until(() => older.received.length === 1);
    const newer = await receiving(1, { name: 'newer' });
    const [asked] = [queues.receives.length];
    await edge.test.pass(1);
    expect(queues.receives).toHaveLength(asked);
    resolve();
    await until(() => newer.received.length === 1);
    newer.received[0]?.delivery?.accept();
    await until(() => queues.settled.length === 1);
    expect(queues.settled).toEqual(['completed a']);
    expect(new Set(queues.detached).size).toBe(1);
  });

  it('that are larger than their receiver takes are rejected in its place, and the others come', async () => {
    queues.put('d1', { messageId: 'large', body: Buffer.alloc(1_000) });
    queues.put('d1', { messageId: 'small' });
    const { received, link } = await receiving(2, { max_message_size: 512 });
    await until(() => received.length === 1);
    expect(received[0]?.message?.message_id).toBe('small');
    expect(queues.settled).toEqual(['rejected large']);
    expect(link.is_open()).toBe(true);
    expect(await edge.test.metric('mooring_edge_device_messages_total{outcome="undeliverable"}')).toMatch(/ 1$/);
  });

  it('of a module come to the module', async () => {
    await putToken(connection, 'm1', edge.token({ name: 'd1/m1' }));
    queues.put('d1/m1', { messageId: 'for the module' });
    const link = await openReceiver(connection, '/devices/d1/modules/m1/messages/devicebound', BY_HAND);
    const received = collect(link);
    link.add_credit(1);
    await until(() => received.length === 1);
    expect(received[0]?.message).toMatchObject({
      message_id: 'for the module',
      to: '/devices/d1/modules/m1/messages/deviceBound',
    });
  });

  it('have one link at a time: the newer', async () => {
    const { link } = await receiving(1, { name: 'older' });
    const end = ended(link);
    await receiving(1, { name: 'newer' });
    expect(await end).toMatchObject({ condition: 'amqp:link:stolen' });
  });
});

function accepted(): never {
  return (rhea.message as unknown as { accepted(): { described(): unknown } }).accepted().described() as never;
}
