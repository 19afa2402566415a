import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import { DirectMethods } from '@mooring/direct-methods';
import { createLogger, createMetrics } from '@mooring/observability';
import { edge as contract } from '@mooring/proto';
import { token } from '../../mqtt-client.spec-support.js';
import { errorOf, HttpEdge } from '../http-edge.spec-support.js';

let edge: HttpEdge;
let asked: contract.InvokeMethodRequest[];
beforeEach(async () => {
  asked = [];
  const unexpected = async (): Promise<never> => {
    throw new Error('not expected');
  };
  const holder: contract.DeliveryService = {
    invokeMethod: async (request) => {
      asked.push(request);
      const payload = Buffer.from('{"k":1.0}');
      return { delivery: contract.Delivery.DELIVERED, timedOut: false, status: 299, payload };
    },
    cancelMethod: unexpected,
    pushDesired: unexpected,
    forwardMethodReply: unexpected,
    hintMessages: unexpected,
  };
  const methods = new DirectMethods({
    locator: { locate: async (keys) => keys.map(() => [holder]) },
    directory: { describeIdentities: unexpected },
    operations: { record: () => undefined },
    maxWaiting: 10,
    clock: new ManualClock(),
    logger: createLogger('test', 'silent'),
    metrics: createMetrics(),
  });
  edge = await HttpEdge.start({}, methods);
});
afterEach(() => edge.stop());

const BODY = '{"methodName":"m","payload":{"a":1.50}}';
const call = (path: string, more = {}) => edge.send(path, { body: BODY, authorization: token('d1/m1'), ...more });

describe('a module', () => {
  it('calls methods of its device, and of modules of that', async () => {
    const answer = await call('/twins/d1/modules/m2/methods');
    expect([answer.status, answer.body.toString()]).toEqual([200, '{"status":299,"payload":{"k":1.0}}']);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    const headers = { 'x-ms-edge-moduleId': 'd1/m1', 'content-type': 'application/json' };
    expect((await call('/Twins/d1/methods/?api-version=2021-04-12', { headers })).status).toBe(200);
    expect(asked.map(({ key, payload }) => [key, payload.toString()])).toEqual([
      [{ deviceId: 'd1', moduleId: 'm2' }, '{"a":1.50}'],
      [{ deviceId: 'd1', moduleId: '' }, '{"a":1.50}'],
    ]);
  });

  it.each([
    ['another device', '/twins/d2/methods', {}, 401002],
    ['its device as that itself', '/twins/d1/methods', { authorization: token('d1') }, 401003],
    ['its device as another module', '/twins/d1/methods', { headers: { 'x-ms-edge-moduleid': 'd1/m2' } }, 401003],
    ['its device without a token', '/twins/d1/methods', { authorization: undefined }, 401003],
    ['its device as nobody', '/twins/d1/methods', { headers: { 'x-ms-edge-moduleid': 'd1' } }, 401003],
    ['a method without a body', '/twins/d1/methods', { body: '' }, 400005],
    ['a method that is no JSON', '/twins/d1/methods', { body: '{' }, 400012],
    ['a method that is no UTF-8', '/twins/d1/methods', { body: Buffer.from([0x22, 0xff, 0x22]) }, 400012],
  ])('does not call %s', async (_, path, more, code) => {
    const answer = await call(path, more);
    expect(answer.status).toBe(Math.floor(code / 1_000));
    expect(JSON.parse(JSON.parse(answer.body.toString()).Message)).toMatchObject({ errorCode: code });
    expect(asked).toEqual([]);
  });
});

describe('where no methods are served', () => {
  it('there is no such path', async () => {
    const without = await HttpEdge.start();
    const answer = await without.send('/twins/d1/methods', { body: BODY, authorization: token('d1/m1') });
    expect(errorOf(answer)).toEqual([404, 'ResourceNotFound']);
    await without.stop();
  });
});
