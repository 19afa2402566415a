import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { HubError } from '@mooring/errors';
import { c2dqueue } from '@mooring/proto';
import type { ServiceCalls } from '../spec-support/fake-services.js';
import { startApi, type TestApi, VERSION } from '../spec-support/test-api.js';

const services: ServiceCalls = {};
let api: TestApi;
beforeAll(async () => {
  api = await startApi({}, { services });
});
afterAll(() => api.close());

const QUEUES = [
  ['/devices/D%231', { deviceId: 'D#1', moduleId: '' }],
  ['/devices/D%231/modules/m%2B1', { deviceId: 'D#1', moduleId: 'm+1' }],
] as const;

function enqueuing() {
  const enqueue = jest.fn<c2dqueue.C2dQueueService['enqueue']>(async () => ({}));
  services.c2dQueue = { enqueue };
  return enqueue;
}

describe.each(QUEUES)('the queue of %s', (path, key) => {
  it.each([
    ['any bytes', { 'content-type': 'application/octet-stream' }, Buffer.from([0, 255, 128])],
    ['bytes of no type', {}, Buffer.from('x')],
    ['what happens to be JSON', { 'content-type': 'application/json' }, Buffer.from('{"__proto__": 1')],
    ['nothing', { 'content-type': 'text/plain' }, Buffer.alloc(0)],
  ])('takes %s', async (_case, headers, payload) => {
    const enqueue = enqueuing();
    const response = await api.request({
      method: 'POST',
      url: `${path}/messages/devicebound?${VERSION}`,
      headers: { ...headers, 'iothub-messageid': 'm', 'iothub-app-k': 'v', 'iothub-ack': 'full' },
      payload,
    });
    expect([response.statusCode, response.body]).toEqual([204, '']);
    expect(enqueue).toHaveBeenCalledTimes(1);
    const message = enqueue.mock.calls[0]?.[0].message;
    expect(enqueue.mock.calls[0]?.[0].key).toEqual(key);
    expect({ ...message, body: Buffer.from(message?.body ?? []) }).toEqual({
      ...c2dqueue.Message.fromPartial({ messageId: 'm', ack: c2dqueue.Ack.FULL }),
      properties: [{ name: 'k', value: 'v' }],
      body: payload,
    });
  });

  it('is purged', async () => {
    const purge = jest.fn<c2dqueue.C2dQueueService['purge']>(async () => ({ purgedMessageCount: 3 }));
    services.c2dQueue = { purge };
    const response = await api.request({ method: 'DELETE', url: `${path}/commands?${VERSION}` });
    expect(purge).toHaveBeenCalledWith({ key });
    expect(response.json()).toEqual({
      totalMessagesPurged: 3,
      deviceId: 'D#1',
      moduleId: key.moduleId === '' ? null : 'm+1',
    });
  });
});

describe('a message', () => {
  const send = (payload: Buffer, headers: Readonly<Record<string, string>> = {}) =>
    api.request({ method: 'POST', url: `/devices/d/messages/deviceBound?${VERSION}`, headers, payload });

  it.each([
    ['DeviceNotFound', 404],
    ['DeviceMaximumQueueDepthExceeded', 403],
    ['ArgumentInvalid', 400],
  ] as const)('is refused with %s', async (error, status) => {
    services.c2dQueue = { enqueue: () => Promise.reject(new HubError(error, 'x')) };
    const response = await send(Buffer.from('x'));
    expect([response.statusCode, response.headers['iothub-errorcode']]).toEqual([status, error]);
  });

  it('is refused before it is sent on if it is malformed', async () => {
    services.c2dQueue = {};
    expect((await send(Buffer.from('x'), { 'iothub-expiry': 'soon' })).statusCode).toBe(400);
    expect((await send(Buffer.alloc(65_537))).statusCode).toBe(413);
  });
});
