import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSasToken, sasKeyFromBase64 } from '@mooring/credentials';
import { edge } from '@mooring/proto';
import { storedIdentity } from '../spec-support/fake-identity.js';
import { fakeEdge, type ServiceCalls } from '../spec-support/fake-services.js';
import { HOST, KEY, startApi, type TestApi, VERSION } from '../spec-support/test-api.js';

let api: TestApi;

beforeAll(async () => {
  api = await startApi(
    {
      getIdentity: async ({ key }) => ({ identity: storedIdentity(key?.deviceId ?? '') }),
      putIdentity: async ({ identity }) => ({ identity }),
      deleteIdentity: async () => ({}),
      listDevices: async () => ({ devices: [], nextPageToken: '' }),
      listModules: async () => ({ modules: [] }),
      bulkUpdate: async () => ({ errors: [] }),
      getStatistics: async () => ({ totalDeviceCount: 0, enabledDeviceCount: 0, disabledDeviceCount: 0 }),
      listCertificates: async () => ({ certificates: [] }),
      listPolicies: async () => ({ policies: [] }),
      deletePolicy: async () => ({}),
    },
    { services: everything() },
  );
});
afterAll(() => api.close());

/** Services that do what they are asked. */
function everything(): ServiceCalls {
  const stored = { json: Buffer.from('{}'), etag: 'AAE=' };
  const device = edge.InvokeMethodResponse.fromPartial({ delivery: edge.Delivery.DELIVERED, status: 200 });
  return {
    twin: {
      getTwin: async () => stored,
      updateTwin: async () => stored,
      queryTwins: async () => ({ itemType: 'Raw', items: [], continuation: '' }),
    },
    c2dQueue: {
      enqueue: async () => ({}),
      purge: async () => ({ purgedMessageCount: 0 }),
      receiveFeedback: async () => ({
        lockToken: Buffer.alloc(16),
        enqueuedTimeMs: 0,
        deliveryCount: 0,
        records: [],
      }),
      settleFeedback: async () => ({}),
    },
    locate: async () => [[fakeEdge({ invokeMethod: async () => device })]],
  };
}

describe('authentication', () => {
  const written = (resource: string, key = KEY, se = 2_000_000_000): string =>
    createSasToken({ resource, key: sasKeyFromBase64(key), se });

  it.each([
    ['no header', undefined],
    ['an empty header', ''],
    ['another key', `${written(HOST, 'AAAAAAAAAAAAAAAAAAAAAA==')}&skn=iothubowner`],
    ['a policy that is not there', `${written(HOST)}&skn=nobody`],
    ["a device's own token", written(`${HOST}/devices/d1`)],
    ['an expired token', `${written(HOST, KEY, 1_700_000_000)}&skn=iothubowner`],
    ['a token for another hub', `${written('other.iot.test')}&skn=iothubowner`],
    ['a token for another device', `${written(`${HOST}/devices/d2`)}&skn=iothubowner`],
    ['a token for a module', `${written(`${HOST}/devices/d1/modules/m`)}&skn=iothubowner`],
    ['a malformed token', 'SharedAccessSignature sr=x'],
    ['an endless token', `SharedAccessSignature ${'&a=b'.repeat(20_000)}`],
    ['a bearer token', 'Bearer eyJhbGciOiJIUzI1NiJ9.e30.x'],
    ['a password', 'Basic aW90aHVib3duZXI6eA=='],
  ])('refuses %s', async (_case, authorization) => {
    const response = await api.request({ url: `/devices/d1?${VERSION}`, headers: { authorization } });
    expect([response.statusCode, response.headers['iothub-errorcode']]).toEqual([401, 'IotHubUnauthorized']);
    expect(response.json().Message).toMatch(/^ErrorCode:IotHubUnauthorized;/);
    expect(response.body).not.toContain(KEY);
  });

  it('says that bearer tokens need an issuer', async () => {
    const response = await api.request({ url: `/devices/d1?${VERSION}`, headers: { authorization: 'bearer x' } });
    expect(response.json()).toMatchObject({
      Message: expect.stringContaining('no OpenID Connect issuer is configured'),
    });
  });

  it.each([
    ['the host', HOST],
    ['another name of the hub', '127.0.0.1:8443'],
    ['all devices', `${HOST}/devices`],
    ['the device', `${HOST}/devices/d1`],
  ])('admits a token for %s', async (_case, resource) => {
    const authorization = api.token('registryRead', resource);
    const response = await api.request({ url: `/Devices/d1?${VERSION}`, headers: { authorization } });
    expect(response.statusCode).toBe(200);
  });

  it('judges the device of the route, however its path is spelt', async () => {
    const authorization = api.token('registryRead', `${HOST}/devices/d1`);
    const response = await api.request({ url: `/devices/d%31?${VERSION}`, headers: { authorization } });
    expect(response.statusCode).toBe(200);
    const foreign = await api.request({ url: `/devices/d1%2f..%2fd2?${VERSION}`, headers: { authorization } });
    expect(foreign.statusCode).toBe(401);
  });

  it('refuses before it reads a body, and before it asks for an api-version', async () => {
    const response = await api.request({
      method: 'PUT',
      url: '/devices/d1',
      headers: { authorization: undefined, 'content-type': 'application/json' },
      payload: '{"',
    });
    expect(response.statusCode).toBe(401);
  });
});

describe('rights', () => {
  const put = { payload: '{}', headers: { 'content-type': 'application/json' } };

  const SERVICE = ['service', 'iothubowner'] as const;
  const LOCK = '0'.repeat(32);

  it.each([
    ['GET', `/devices?${VERSION}`, ['registryRead', 'registryReadWrite', 'iothubowner'], {}],
    ['GET', `/devices/d1?${VERSION}`, ['registryRead', 'registryReadWrite', 'iothubowner'], {}],
    ['GET', `/devices/d1/modules?${VERSION}`, ['registryRead', 'registryReadWrite', 'iothubowner'], {}],
    ['GET', `/devices/d1/modules/m?${VERSION}`, ['registryRead', 'registryReadWrite', 'iothubowner'], {}],
    ['GET', `/statistics/devices?${VERSION}`, ['registryRead', 'registryReadWrite', 'iothubowner'], {}],
    ['GET', `/statistics/service?${VERSION}`, ['service', 'iothubowner'], {}],
    ['PUT', `/devices/d1?${VERSION}`, ['registryReadWrite', 'iothubowner'], put],
    ['PUT', `/devices/d1/modules/m?${VERSION}`, ['registryReadWrite', 'iothubowner'], put],
    ['DELETE', `/devices/d1?${VERSION}`, ['registryReadWrite', 'iothubowner'], { headers: { 'if-match': '*' } }],
    [
      'DELETE',
      `/devices/d1/modules/m?${VERSION}`,
      ['registryReadWrite', 'iothubowner'],
      { headers: { 'if-match': '*' } },
    ],
    [
      'POST',
      `/devices?${VERSION}`,
      ['registryReadWrite', 'iothubowner'],
      { ...put, payload: '[{"id":"d","importMode":"create"}]' },
    ],
    ...['/twins/d1', '/twins/d1/modules/m'].flatMap((twin) => [
      ['GET', `${twin}?${VERSION}`, SERVICE, {}] as const,
      ['PATCH', `${twin}?${VERSION}`, SERVICE, put] as const,
      ['PUT', `${twin}?${VERSION}`, SERVICE, put] as const,
      ['POST', `${twin}/methods`, SERVICE, { ...put, payload: '{"methodName":"m"}' }] as const,
    ]),
    ...['/devices/d1', '/devices/d1/modules/m'].flatMap((device) => [
      ['POST', `${device}/messages/deviceBound?${VERSION}`, SERVICE, { payload: 'x' }] as const,
      ['DELETE', `${device}/commands?${VERSION}`, SERVICE, {}] as const,
    ]),
    ['GET', `/messages/serviceBound/feedback?${VERSION}`, SERVICE, {}],
    ['DELETE', `/messages/serviceBound/feedback/${LOCK}?${VERSION}`, SERVICE, {}],
    ['POST', `/messages/serviceBound/feedback/${LOCK}/abandon?${VERSION}`, SERVICE, {}],
    [
      'POST',
      `/devices/query?${VERSION}`,
      ['registryRead', 'registryReadWrite', 'iothubowner'],
      { ...put, payload: '{"query":"SELECT * FROM devices"}' },
    ],
    ['GET', '/management/certificates', ['iothubowner'], {}],
    ['GET', '/management/policies', ['iothubowner'], {}],
    ['DELETE', '/management/policies/p', ['iothubowner'], {}],
  ] as const)('%s %s is for %p', async (method, url, admitted, more) => {
    for (const policy of ['service', 'device', 'registryRead', 'registryReadWrite', 'iothubowner']) {
      const headers = { ...('headers' in more ? more.headers : {}), authorization: api.token(policy) };
      const response = await api.request({ method, url, ...more, headers });
      if ((admitted as readonly string[]).includes(policy)) {
        expect([policy, [200, 204].includes(response.statusCode)]).toEqual([policy, true]);
      } else {
        expect([policy, response.statusCode, response.headers['iothub-errorcode']]).toEqual([
          policy,
          401,
          'IotHubUnauthorizedAccess',
        ]);
      }
    }
  });
});
