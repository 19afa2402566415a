import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Operation } from '@mooring/operations';
import { FakeQueues } from '../../fake-queues.spec-support.js';
import type { ConnectOptions, MqttClient } from '../../mqtt-client.spec-support.js';
import { TestEdge, turn, until } from '../../test-edge.spec-support.js';
import { INBOX, ids, message, messages, puback, unread } from './messages.spec-support.js';

const MODULE = 'devices/d1/modules/m1/';
const KEY = { deviceId: 'd1', moduleId: '' };

let edge: TestEdge;
let queues: FakeQueues;
let records: Operation[];
beforeEach(async () => {
  queues = new FakeQueues();
  records = [];
  const more = { c2dQueueService: queues, operations: { record: (each: Operation) => records.push(each) } };
  edge = await TestEdge.start({ more });
});
afterEach(() => edge.stop());

async function subscribed(qos = 1, options: ConnectOptions = {}): Promise<MqttClient> {
  const client = await edge.connected({ keepalive: 1_000, ...options });
  await client.subscribe({ [INBOX]: qos });
  return client;
}

const hint = () => edge.edge.delivery.hintMessages({ keys: [KEY, { deviceId: 'd9', moduleId: '' }] });
const settled = (count: number) => until(() => queues.settled.length === count);

describe('messages that wait for a device', () => {
  it('come once it subscribes, in order, and are completed by PUBACK', async () => {
    queues.put('d1', { body: Buffer.from([1, 0, 255]) });
    queues.put('d1', {});
    const client = await edge.connected();
    await turn();
    expect(queues.receives).toEqual([]);
    await client.subscribe({ [INBOX]: 1 });
    const first = await message(client);
    expect(first).toMatchObject({ qos: 1, dup: false, retain: false, payload: Buffer.from([1, 0, 255]) });
    expect(first.topic).toBe(
      'devices/d1/messages/devicebound/%24.to=%2Fdevices%2Fd1%2Fmessages%2FdeviceBound&%24.mid=1',
    );
    const [second] = await messages(client, 1);
    expect(queues.settled).toEqual([]);
    puback(client, first.messageId ?? 0);
    puback(client, second?.packetId ?? 0);
    puback(client, second?.packetId ?? 0);
    puback(client, 999);
    await settled(2);
    expect(queues.settled).toEqual(['completed 1', 'completed 2']);
    expect(await edge.metric('mooring_edge_device_messages_total')).toContain('outcome="completed"} 2');
  });

  it('come right after the CONNACK of a kept session', async () => {
    const first = await subscribed(1, { clean: false });
    first.vanish();
    queues.put('d1', {});
    const second = edge.open();
    second.send(second.connectPacket({ clean: false }));
    await until(() => second.received.length === 2);
    expect(second.received.map(({ cmd }) => cmd)).toEqual(['connack', 'publish']);
  });

  it('are completed once they are sent where the device is subscribed at QoS 0', async () => {
    for (let count = 0; count < 40; count++) {
      queues.put('d1', {});
    }
    const client = await subscribed(0);
    expect(await ids(client, 40)).toEqual(Array.from({ length: 40 }, (_, index) => String(index + 1)));
    await settled(40);
    expect(queues.count('d1')).toBe(0);
  });

  it('come to a module by each filter that covers them', async () => {
    for (const filter of [`${MODULE}#`, `${MODULE}messages/devicebound/#`]) {
      queues.put('d1/m1', {});
      const client = await edge.connected({ clientId: 'd1/m1' });
      await client.subscribe({ [`${MODULE}inputs/#`]: 1 });
      await turn();
      expect(unread(client)).toEqual([]);
      await client.subscribe({ [filter]: 1 });
      const { topic, messageId = 0 } = await message(client);
      expect(topic).toContain(`${MODULE}messages/devicebound/%24.to=`);
      puback(client, messageId);
      await until(() => queues.count('d1/m1') === 0);
    }
  });

  it('are no more in flight than the window, and the next come as it empties', async () => {
    for (let count = 0; count < 50; count++) {
      queues.put('d1', {});
    }
    const client = await subscribed();
    const first = await messages(client, 16);
    await turn();
    expect(unread(client)).toEqual([]);
    const seen = [...first];
    for (let at = 0; at < 50; at++) {
      puback(client, seen[at]?.packetId ?? 0);
      if (seen.length < 50) {
        seen.push(...(await messages(client, 1)));
      }
    }
    expect(seen.map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_, index) => String(index + 1)));
    await settled(50);
  });
});

describe('a hint', () => {
  it('brings what has come since, one call for many of them', async () => {
    const client = await subscribed();
    await until(() => queues.receives.length === 1);
    let open: () => void = () => undefined;
    queues.gate = new Promise((resolve) => {
      open = resolve;
    });
    queues.put('d1', {});
    await hint();
    await until(() => queues.receives.length === 2);
    queues.put('d1', {});
    await Promise.all([hint(), hint(), hint()]);
    open();
    expect(await ids(client, 2)).toEqual(['1', '2']);
    await turn();
    expect(queues.receives).toHaveLength(3);
  });

  it('that comes while a receive is on its way is not lost', async () => {
    const receive = queues.receive.bind(queues);
    let answered = 0;
    queues.receive = async (request) => {
      const response = await receive(request);
      if (answered++ === 0) {
        queues.put('d1', {});
        await hint();
      }
      return response;
    };
    const client = await subscribed();
    expect(await ids(client, 1)).toEqual(['1']);
  });

  it('is nothing to a connection that wants no messages', async () => {
    queues.put('d1', {});
    const client = await edge.connected();
    await hint();
    await client.subscribe({ [INBOX]: 1 });
    const [first] = await messages(client, 1);
    client.send({ cmd: 'unsubscribe', messageId: 9, unsubscriptions: [INBOX] });
    await client.next('unsuback');
    queues.put('d1', {});
    await hint();
    puback(client, first?.packetId ?? 0);
    await settled(1);
    expect(unread(client)).toEqual([]);
    await client.subscribe({ [INBOX]: 1 });
    expect(await ids(client, 1)).toEqual(['2']);
    await expect(
      edge.edge.delivery.hintMessages({ keys: Array.from({ length: 501 }, () => KEY) }),
    ).rejects.toMatchObject({ code: 400004 });
  });
});

describe('a message that is not acknowledged', () => {
  it('comes again on the next connection, marked as such, and those that were do not', async () => {
    for (let count = 0; count < 3; count++) {
      queues.put('d1', {});
    }
    const first = await subscribed(1, { clean: false });
    const [one] = await messages(first, 3);
    puback(first, one?.packetId ?? 0);
    await settled(1);
    first.vanish();
    await until(() => queues.detached.length === 1);
    const second = await edge.connected({ clean: false });
    const again = [await message(second), await message(second)];
    expect(again.map(({ topic }) => topic.slice(-1))).toEqual(['2', '3']);
    expect(again.map(({ dup }) => dup)).toEqual([true, true]);
  });

  it('comes to the connection that took over, and what the older one says then is nothing', async () => {
    queues.put('d1', {});
    const older = await subscribed();
    await messages(older, 1);
    const newer = await subscribed();
    await older.closing();
    const [again] = await messages(newer, 1);
    puback(newer, again?.packetId ?? 0);
    await settled(1);
    expect(queues.count('d1')).toBe(0);
  });

  it('is completed although the connection ends right behind the PUBACK', async () => {
    queues.put('d1', {});
    const client = await subscribed();
    const [first] = await messages(client, 1);
    puback(client, first?.packetId ?? 0);
    client.send({ cmd: 'disconnect' });
    await until(() => queues.detached.length === 1);
    expect(queues.settled).toEqual(['completed 1']);
  });

  it('is given again whatever is lost on the way, until the model of it is empty', async () => {
    for (let count = 0; count < 30; count++) {
      queues.put('d1', {});
    }
    const seen = new Set<string>();
    for (let round = 0; queues.count('d1') > 0; round++) {
      const client = await subscribed(1, { clean: false });
      const given = await messages(client, Math.min(16, queues.count('d1')));
      const [first, ...others] = given;
      expect(Number(first?.id)).toBeLessThanOrEqual(Math.min(...others.map(({ id }) => Number(id)), 31));
      const acknowledged = given.filter((_, index) => index % 3 === round % 3 || given.length < 3);
      for (const { id = '', packetId } of acknowledged) {
        expect(seen.has(id)).toBe(false);
        seen.add(id);
        puback(client, packetId);
      }
      await settled(seen.size);
      client.vanish();
    }
    expect(seen.size).toBe(30);
    expect(records.filter(({ category }) => category === 'C2DCommands')).toEqual([]);
  });
});

describe('a connection that must not be written to', () => {
  it('gets no message while it may have lost its identity, and all of them once it is known to hold it', async () => {
    const client = await subscribed();
    await until(() => queues.receives.length === 1);
    let open: () => void = () => undefined;
    queues.gate = new Promise((resolve) => {
      open = resolve;
    });
    queues.put('d1', {});
    await hint();
    await until(() => queues.receives.length === 2);
    const { renewLease } = edge.affinity;
    edge.affinity.renewLease = () => Promise.reject(new Error('unreachable'));
    edge.clock.advance(40_000);
    open();
    await turn();
    expect(unread(client)).toEqual([]);
    edge.affinity.renewLease = renewLease;
    await edge.pass(3);
    expect(await message(client)).toMatchObject({ dup: false });
  });

  it('gets no more than the window while it does not read', async () => {
    for (let count = 0; count < 50; count++) {
      queues.put('d1', { body: Buffer.alloc(32 * 1024) });
    }
    const client = edge.open([], 1_024);
    await client.connect();
    await client.subscribe({ [INBOX]: 0 });
    client.stream.pause();
    await until(() => queues.receives.length > 0);
    await turn();
    expect(queues.settled.length).toBeLessThan(16);
    client.stream.resume();
    expect(await ids(client, 50)).toHaveLength(50);
  });
});

describe('a message whose properties make no topic', () => {
  it('is rejected, recorded, and holds up no other', async () => {
    queues.put('d1', { properties: [{ name: 'p', value: '€'.repeat(10_000) }] });
    queues.put('d1', {});
    const client = await subscribed();
    expect(await ids(client, 1)).toEqual(['2']);
    await settled(1);
    expect(queues.settled).toEqual(['rejected 1']);
    expect(records.find(({ category }) => category === 'C2DCommands')).toMatchObject({
      operationName: 'messageReject',
      deviceId: 'd1',
    });
  });
});
