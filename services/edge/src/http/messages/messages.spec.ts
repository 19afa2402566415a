import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Operation } from '@mooring/operations';
import { c2dqueue } from '@mooring/proto';
import fc from 'fast-check';
import { deviceIdentity } from '../../device-session/device-identity.js';
import { FakeQueues } from '../../fake-queues.spec-support.js';
import { token } from '../../mqtt-client.spec-support.js';
import { errorOf, HttpEdge } from '../http-edge.spec-support.js';
import { headerText } from '../request/header-text.js';
import { deviceBoundHeaders } from './device-bound-headers.js';

const QUEUE = '/devices/d1/messages/deviceBound';

let edge: HttpEdge;
let queues: FakeQueues;
let items: c2dqueue.ReceiveItem[];
let records: Operation[];
beforeEach(async () => {
  queues = new FakeQueues();
  items = [];
  records = [];
  const receive = queues.receive.bind(queues);
  queues.receive = async (request) => {
    items.push(...request.items);
    return receive(request);
  };
  const more = { c2dQueueService: queues, operations: { record: (each: Operation) => records.push(each) } };
  edge = await HttpEdge.start({ more });
});
afterEach(() => edge.stop());

const get = (path = QUEUE, headers = {}) => edge.send(path, { method: 'GET', headers });
const lockOf = (headers: Readonly<Record<string, unknown>>) => String(headers['etag']).slice(1, -1);

describe('a message that waits for a device', () => {
  it('is answered with its properties as headers, in both spellings, and with a lock', async () => {
    queues.put('d1', {
      messageId: 'm',
      correlationId: 'c',
      userId: 'u',
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      expiryTimeMs: Date.UTC(2026, 0, 2),
      ack: c2dqueue.Ack.FULL,
      properties: [
        { name: 'City', value: 'Zürich €' },
        { name: 'empty', value: '' },
      ],
      body: Buffer.from([1, 0, 255]),
    });
    const { status, headers, rawHeaders, body } = await get();
    expect([status, body]).toEqual([200, Buffer.from([1, 0, 255])]);
    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      etag: expect.stringMatching(/^"[0-9a-f-]{36}"$/),
      'iothub-messageid': 'm',
      'iothub-correlationid': 'c',
      'iothub-sequencenumber': '1',
      'iothub-to': '/devices/d1/messages/deviceBound',
      'iothub-userid': 'u',
      'iothub-ack': 'full',
      'iothub-expiry': '2026-01-02T00:00:00.000Z',
      'iothub-deliverycount': '0',
      'iothub-enqueuedtime': '1970-01-01T00:00:00.000Z',
      'iothub-contenttype': 'application/json',
      'iothub-contentencoding': 'utf-8',
      contenttype: 'application/json',
      contentencoding: 'utf-8',
      'iothub-app-empty': '',
    });
    expect(headerText(String(headers['iothub-app-city']))).toBe('Zürich €');
    expect(rawHeaders).toContain('iothub-app-City');
    expect(items[0]).toMatchObject({
      receiver: { generationId: '638000000000000000', epoch: 0 },
      lockMs: 0,
      maxMessages: 1,
    });
    expect(await edge.test.metric('mooring_edge_device_messages_total')).toContain('outcome="delivered"} 1');
  });

  it('is answered bare where its sender set nothing', async () => {
    queues.put('d1', { messageId: '' });
    const { headers } = await get();
    expect(Object.keys(headers)).not.toContain('iothub-ack');
    expect(Object.keys(headers).filter((name) => /^content(type|encoding)$|messageid|app/.test(name))).toEqual([]);
  });

  it('is completed, or rejected, by its lock, and gone then', async () => {
    for (const [suffix, what] of [
      ['', 'completed'],
      ['?api-version=2021-04-12&reject', 'rejected'],
      ['?reject=', 'rejected'],
      ['?Reject=true', 'rejected'],
    ]) {
      queues.put('d1', {});
      const { headers } = await get();
      const id = headers['iothub-messageid'];
      const settled = await edge.send(`${QUEUE}/${lockOf(headers)}${suffix}`, { method: 'DELETE' });
      expect([settled.status, settled.body.length, queues.settled.at(-1)]).toEqual([204, 0, `${what} ${id}`]);
      const again = await edge.send(`${QUEUE}/${lockOf(headers)}`, { method: 'DELETE' });
      expect(errorOf(again)).toEqual([412, 'DeviceMessageLockLost']);
    }
    expect((await get()).status).toBe(204);
  });

  it('is abandoned by its lock', async () => {
    queues.put('d1', {});
    const outcomes: c2dqueue.Outcome[] = [];
    queues.settle = async ({ settlements }) => {
      outcomes.push(...settlements.map(({ outcome }) => outcome));
      return c2dqueue.SettleResponse.fromPartial({ failures: settlements.map(() => ({})) });
    };
    const { headers } = await get();
    const answer = await edge.send(`${QUEUE}/${lockOf(headers)}/abandon`);
    expect([answer.status, outcomes]).toEqual([204, [c2dqueue.Outcome.ABANDON]]);
  });

  it('of a module is the module’s', async () => {
    queues.put('d1/m1', {});
    const path = '/devices/d1/modules/m1/messages/devicebound';
    const answer = await edge.send(path, { method: 'GET', authorization: token('d1/m1') });
    expect([answer.status, answer.headers['iothub-to']]).toEqual([200, '/devices/d1/modules/m1/messages/deviceBound']);
    expect(errorOf(await get(path))).toEqual([401, 'IotHubUnauthorized']);
  });

  it('that no header can hold is rejected, recorded, and holds up no other', async () => {
    queues.put('d1', { properties: [{ name: 'two words', value: '' }] });
    queues.put('d1', { properties: [{ name: 'x', value: 'a\r\nSet-Cookie: b' }] });
    queues.put('d1', {});
    expect((await get()).headers['iothub-messageid']).toBe('3');
    expect(queues.settled).toEqual(['rejected 1', 'rejected 2']);
    expect(records.map(({ operationName }) => operationName)).toEqual(['messageReject', 'messageReject']);
  });
});

describe('a lock', () => {
  it.each([
    [{ 'IotHub-MessageLockTimeout': '120' }, ''],
    [{}, '?iothub-messagelocktimeout=120'],
    [{}, '?IotHub-MessageLockTimeout=120'],
  ])('lasts as long as is asked by %j%s', async (headers, query) => {
    await get(`${QUEUE}${query}`, headers);
    expect(items[0]?.lockMs).toBe(120_000);
  });

  it.each(['', '0', '301', '-1', '1.5', 'x', '1e2'])('is not given for the time %s', async (value) => {
    expect(errorOf(await get(`${QUEUE}?iothub-messagelocktimeout=${value}`))).toEqual([400, 'ArgumentInvalid']);
    expect(items).toEqual([]);
  });

  it.each(['nonsense', '%00', '00000000-0000-0000-0000-000000000000', 'x'.repeat(4_000)])(
    '%s is lost',
    async (lock) => {
      const answer = await edge.send(`${QUEUE}/${lock}`, { method: 'DELETE' });
      expect(errorOf(answer)).toEqual([412, 'DeviceMessageLockLost']);
    },
  );
});

describe('a queue that is away', () => {
  it('is told to the device, which asks again', async () => {
    queues.failure = new Error('away');
    expect(errorOf(await get())).toEqual([503, 'ServiceUnavailable']);
  });
});

describe('the headers of a message', () => {
  it('are what HTTP allows, whatever the message holds, or none', () => {
    const text = fc.string({ unit: 'binary' });
    const message = fc.record({
      messageId: text,
      userId: text,
      properties: fc.array(fc.record({ name: text, value: text })),
    });
    fc.assert(
      fc.property(message, (parts) => {
        const received = c2dqueue.ReceivedMessage.fromPartial({ lockToken: Buffer.alloc(16) });
        const whole = { ...received, message: c2dqueue.Message.fromPartial(parts) };
        for (const [index, each] of (deviceBoundHeaders(deviceIdentity('d1'), whole) ?? []).entries()) {
          expect(each).toMatch(index % 2 === 0 ? /^[!#$%&'*+\-.^_`|~\w]+$/ : /^[\t\x20-\x7e\x80-\xff]*$/);
        }
      }),
    );
  });
});
