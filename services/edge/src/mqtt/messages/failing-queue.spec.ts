import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HubError } from '@mooring/errors';
import type { Operation } from '@mooring/operations';
import { FakeQueues } from '../../fake-queues.spec-support.js';
import type { ConnectOptions, MqttClient } from '../../mqtt-client.spec-support.js';
import { TestEdge, turn, until } from '../../test-edge.spec-support.js';
import { INBOX, ids, message, messages, puback, unread } from './messages.spec-support.js';

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

describe('a queue that fails', () => {
  it('is asked again, later each time, while the connection lives', async () => {
    queues.failure = new HubError('ServiceUnavailable', 'away');
    queues.put('d1', {});
    const client = await subscribed();
    await until(() => queues.receives.length === 1);
    for (const [ms, count] of [
      [249, 1],
      [1, 2],
      [499, 2],
      [1, 3],
    ] as const) {
      await turn();
      edge.clock.advance(ms);
      await until(() => queues.receives.length === count);
    }
    queues.failure = undefined;
    await hint();
    await turn();
    edge.clock.advance(1_000);
    expect(await ids(client, 1)).toEqual(['1']);
  });

  it('is not asked again for a connection that has ended', async () => {
    queues.failure = new HubError('ServiceUnavailable', 'away');
    const client = await subscribed();
    await until(() => queues.receives.length === 1);
    client.vanish();
    await until(() => queues.detached.length === 1);
    edge.clock.advance(60_000);
    await turn();
    expect(queues.receives).toHaveLength(1);
  });

  it('whose answer was lost gives the same messages again', async () => {
    queues.put('d1', {});
    queues.losesNextAnswer = true;
    const client = await subscribed();
    await until(() => queues.receives.length === 1);
    await turn();
    edge.clock.advance(250);
    const given = await message(client);
    expect(given.dup).toBe(false);
    puback(client, given.messageId ?? 0);
    await settled(1);
  });

  it('is told again what the device said of a message', async () => {
    queues.put('d1', {});
    const client = await subscribed();
    const [first] = await messages(client, 1);
    queues.settleFailure = new HubError('ServiceUnavailable', 'away');
    puback(client, first?.packetId ?? 0);
    await hint();
    await turn();
    queues.settleFailure = undefined;
    edge.clock.advance(250);
    await settled(1);
    expect(unread(client)).toEqual([]);
  });

  it('that has given the lock to another is left alone, and that is recorded', async () => {
    queues.put('d1', {});
    const client = await subscribed();
    const [first] = await messages(client, 1);
    queues.settleFailure = new HubError('DeviceMessageLockLost', 'The lock is lost.');
    puback(client, first?.packetId ?? 0);
    await until(() => records.some(({ category }) => category === 'C2DCommands'));
    expect(records.find(({ category }) => category === 'C2DCommands')).toMatchObject({
      operationName: 'messageSettle',
      level: 'Error',
      resultType: '412002',
      deviceId: 'd1',
    });
    expect(client.closed).toBe(false);
  });

  it('has its answers halved where they are too large together', async () => {
    const clients = [await edge.connected(), await edge.connected({ clientId: 'd2' })];
    queues.put('d1', {});
    queues.put('d2', {});
    queues.maxAnswer = 1;
    const filters = [INBOX, 'devices/d2/messages/devicebound/#'];
    await Promise.all(clients.map((client, index) => client.subscribe({ [filters[index] ?? '']: 1 })));
    expect(await Promise.all(clients.map((client) => ids(client, 1)))).toEqual([['1'], ['2']]);
  });
});
