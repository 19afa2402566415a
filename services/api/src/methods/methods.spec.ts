import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { edge } from '@mooring/proto';
import { fakeEdge, type ServiceCalls } from '../spec-support/fake-services.js';
import { startApi, type TestApi, VERSION } from '../spec-support/test-api.js';

const services: ServiceCalls = {};
let api: TestApi;
beforeAll(async () => {
  api = await startApi({}, { services });
});
afterAll(() => api.close());

/** A device that is connected and answers. */
function answering(parts: Partial<edge.InvokeMethodResponse>): edge.InvokeMethodRequest[] {
  const asked: edge.InvokeMethodRequest[] = [];
  const holder = fakeEdge({
    invokeMethod: async (request) => {
      asked.push(request);
      return edge.InvokeMethodResponse.fromPartial({ delivery: edge.Delivery.DELIVERED, status: 200, ...parts });
    },
  });
  services.locate = async (keys) => keys.map(() => [holder]);
  return asked;
}

const invoke = (payload: string | Buffer, path = '/twins/d/methods', headers: object = {}) =>
  api.request({
    method: 'POST',
    url: `${path}?${VERSION}`,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    payload,
  });

describe('a method call', () => {
  it.each([
    'null',
    '""',
    '"foo"',
    '{}',
    '{ "k1": "v1", "n":1.50, "n":12345678901234567890, "__proto__":{"constructor":{"prototype":{}}}}',
    '-1.0e+2',
  ])('takes the payload %s to the device as it is, and back', async (payload) => {
    const asked = answering({ status: 299, payload: Buffer.from(payload) });
    const response = await invoke(
      `{"methodName":"m","payload": ${payload} ,"responseTimeoutInSeconds":45,"connectTimeoutInSeconds":30}`,
    );
    expect(asked.map((request) => [request.key, request.methodName, request.responseTimeoutMs])).toEqual([
      [{ deviceId: 'd', moduleId: '' }, 'm', 45_000],
    ]);
    expect(asked[0]?.payload.toString()).toBe(payload);
    expect([response.statusCode, response.body]).toEqual([200, `{"status":299,"payload":${payload}}`]);
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('reaches modules, without an api-version too', async () => {
    const asked = answering({});
    const response = await api.request({
      method: 'POST',
      url: '/twins/D%231/modules/m/methods',
      headers: { 'content-type': 'application/json' },
      payload: '{"methodName":"m","responseTimeoutInSeconds":null}',
    });
    expect(response.body).toBe('{"status":200,"payload":null}');
    expect(asked[0]).toMatchObject({ key: { deviceId: 'D#1', moduleId: 'm' }, responseTimeoutMs: 30_000 });
    expect(asked[0]?.payload.toString()).toBe('null');
  });

  it.each([
    ['no body', '', 400, 400005],
    ['no JSON', '{"methodName":"m"', 400, 400012],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 400, 400012],
    ['no object', '["m"]', 400, 400004],
    ['no name', '{}', 400, 400004],
    ['a name that is no text', '{"methodName":{}}', 400, 400004],
    ['a name in its prototype', '{"__proto__":{"methodName":"m"}}', 400, 400004],
    ['a name of two levels', '{"methodName":"a/b"}', 400, 400004],
    ['a time-out that is no number', '{"methodName":"m","responseTimeoutInSeconds":"30"}', 400, 400004],
    ['a time-out that is too short', '{"methodName":"m","responseTimeoutInSeconds":4}', 400, 400004],
    ['an endless time-out', '{"methodName":"m","connectTimeoutInSeconds":1e400}', 400, 400004],
    ['a broken time-out', '{"methodName":"m","connectTimeoutInSeconds":0.5}', 400, 400004],
  ])('is refused with %s', async (_case, payload, status, code) => {
    answering({});
    const response = await invoke(payload);
    expect(response.statusCode).toBe(status);
    expect(JSON.parse(response.json().Message)).toMatchObject({ errorCode: code });
  });

  it('fails in the form that SDKs expect of methods', async () => {
    services.locate = async (keys) => keys.map(() => []);
    const response = await invoke('{"methodName":"m"}');
    expect([response.statusCode, response.headers['iothub-errorcode']]).toEqual([404, 'DeviceNotOnline']);
    expect(JSON.parse(response.json().Message)).toEqual({
      errorCode: 404103,
      trackingId: expect.stringMatching(/^[0-9A-F]{32}$/),
      message: expect.any(String),
      timestampUtc: '2024-07-07T10:00:00.000Z',
    });
    const refused = await invoke('{"methodName":"m"}', '/twins/d/methods', { authorization: 'nonsense' });
    expect([refused.statusCode, JSON.parse(refused.json().Message).errorCode]).toEqual([401, 401003]);
  });
});

describe('a client that does not wait', () => {
  let server: Server;
  beforeAll(async () => {
    server = createServer(api.front);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('has its call cancelled', async () => {
    const { promise: asked, resolve: ask } = Promise.withResolvers<string>();
    const { promise: cancelled, resolve: cancel } = Promise.withResolvers<string>();
    const holder = fakeEdge({
      invokeMethod: ({ callId }) => {
        ask(callId);
        return new Promise(() => undefined);
      },
      cancelMethod: async ({ callId }) => {
        cancel(callId);
        return {};
      },
    });
    services.locate = async (keys) => keys.map(() => [holder]);
    const call = httpRequest({
      port: (server.address() as AddressInfo).port,
      host: '127.0.0.1',
      method: 'POST',
      path: `/twins/d/methods?${VERSION}`,
      headers: { authorization: api.token('service'), 'content-type': 'application/json' },
    });
    call.on('error', () => undefined);
    call.end('{"methodName":"m"}');
    const callId = await asked;
    call.destroy();
    expect(await cancelled).toBe(callId);
  });
});
