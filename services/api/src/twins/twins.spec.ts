import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { HubError } from '@mooring/errors';
import type { twin } from '@mooring/proto';
import type { ServiceCalls } from '../spec-support/fake-services.js';
import { startApi, type TestApi, VERSION } from '../spec-support/test-api.js';

const JSON_TYPE = { 'content-type': 'application/json' };
/** Written as no serialiser of ours would. */
const STORED = '{"deviceId":"D#1", "version":  2,"n":1.50,"properties":{"desired":{"__proto__":1e2}}}';

const services: ServiceCalls = {};
let api: TestApi;
beforeAll(async () => {
  api = await startApi({}, { services, maxBodyBytes: 4096 });
});
afterAll(() => api.close());

function updating() {
  const updateTwin = jest.fn<twin.TwinService['updateTwin']>(async () => ({ json: Buffer.from(STORED), etag: 'AAI=' }));
  services.twin = { updateTwin };
  return updateTwin;
}

const TWINS = [
  ['/twins/D%231', { deviceId: 'D#1', moduleId: '' }],
  ['/Twins/D%231/Modules/m%2B1/', { deviceId: 'D#1', moduleId: 'm+1' }],
] as const;

describe.each(TWINS)('the twin %s', (path, key) => {
  it('is read as it is', async () => {
    const getTwin = jest.fn<twin.TwinService['getTwin']>(async () => ({ json: Buffer.from(STORED), etag: 'AAE=' }));
    services.twin = { getTwin };
    const response = await api.request({ url: `${path}?${VERSION}` });
    expect(getTwin).toHaveBeenCalledWith({ key });
    expect([response.statusCode, response.body]).toEqual([200, STORED]);
    expect(response.headers.etag).toBe('"AAE="');
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it.each([
    ['PATCH', false],
    ['PUT', true],
  ] as const)('is written by %s with the bytes that were sent', async (method, replace) => {
    const updateTwin = updating();
    const sent = ' {"tags":{"__proto__":null,"n":1.0}, "tags":{}}';
    const headers = { ...JSON_TYPE, 'if-match': '"AAE="' };
    const response = await api.request({ method, url: `${path}?${VERSION}`, headers, payload: sent });
    expect(updateTwin).toHaveBeenCalledWith({ key, json: Buffer.from(sent), ifMatch: 'AAE=', replace });
    expect([response.statusCode, response.body, response.headers.etag]).toEqual([200, STORED, '"AAI="']);
  });
});

describe('a twin', () => {
  const url = `/twins/d?${VERSION}`;

  it.each([
    [undefined, ''],
    ['*', '*'],
    ['"*"', '*'],
    ['AAE=', 'AAE='],
    ['"AAE="', 'AAE='],
    [' "AAE=" ', 'AAE='],
  ])('is written if it matches %s', async (header, ifMatch) => {
    const updateTwin = updating();
    await api.request({ method: 'PATCH', url, headers: { ...JSON_TYPE, 'if-match': header }, payload: '{}' });
    expect(updateTwin).toHaveBeenCalledWith(expect.objectContaining({ ifMatch }));
  });

  it.each<[string, { url?: string; headers?: object; payload?: string }, number, string]>([
    ['no body', { payload: '' }, 400, 'ArgumentNull'],
    ['a body that is said to be no JSON', { headers: { 'content-type': 'text/plain' } }, 415, 'UnsupportedMediaType'],
    ['a body without media type', { headers: { 'content-type': undefined } }, 415, 'UnsupportedMediaType'],
    ['too much', { payload: `{"tags":"${'x'.repeat(4096)}"}` }, 413, 'MessageTooLarge'],
    ['two tags', { headers: { ...JSON_TYPE, 'if-match': '"a","b"' } }, 400, 'ArgumentInvalid'],
    ['an id that is none', { url: `/twins/d%20?${VERSION}` }, 400, 'ArgumentInvalid'],
    ['no api-version', { url: '/twins/d' }, 400, 'InvalidProtocolVersion'],
  ])('is not written with %s', async (_case, request, status, error) => {
    services.twin = {};
    const response = await api.request({
      method: 'PATCH',
      url,
      payload: '{}',
      ...request,
      headers: { ...JSON_TYPE, ...request.headers },
    });
    expect([response.statusCode, response.headers['iothub-errorcode']]).toEqual([status, error]);
  });

  it.each(['DeviceNotFound', 'PreconditionFailed', 'DeserializationError'] as const)('fails with %s', async (name) => {
    const fail = () => Promise.reject(new HubError(name, 'x'));
    services.twin = { getTwin: fail, updateTwin: fail };
    for (const request of [{ url }, { method: 'PUT', url, headers: JSON_TYPE, payload: '{' }] as const) {
      const response = await api.request(request);
      expect(response.headers['iothub-errorcode']).toBe(name);
      expect(response.headers.etag).toBeUndefined();
    }
  });
});
