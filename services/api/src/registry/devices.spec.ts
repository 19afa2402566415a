import { describe, expect, it, jest } from '@jest/globals';
import { isValidDeviceId } from '@mooring/credentials';
import { HubError } from '@mooring/errors';
import { identity } from '@mooring/proto';
import fc from 'fast-check';
import { storedIdentity } from '../spec-support/fake-identity.js';
import { sharedApi } from '../spec-support/shared-api.js';
import { VERSION } from '../spec-support/test-api.js';

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

const expecting = sharedApi();

const getIdentity = async ({ key }: identity.GetIdentityRequest): Promise<identity.GetIdentityResponse> => ({
  identity: storedIdentity(key?.deviceId ?? ''),
});

describe('GET /devices/{id}', () => {
  it('answers the device, its ETag quoted in the header only', async () => {
    const { request } = expecting({ getIdentity });
    const response = await request({ url: `/devices/d1?${VERSION}` });
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(response.headers.etag).toBe('"AAAAAAAAAAE="');
    expect(response.json()).toEqual({
      deviceId: 'd1',
      generationId: '638000000000000000',
      etag: 'AAAAAAAAAAE=',
      connectionState: 'Disconnected',
      connectionStateUpdatedTime: '0001-01-01T00:00:00',
      lastActivityTime: '0001-01-01T00:00:00',
      cloudToDeviceMessageCount: 0,
      status: 'enabled',
      statusReason: null,
      statusUpdatedTime: '0001-01-01T00:00:00',
      authentication: {
        symmetricKey: {
          primaryKey: 'cHJpbWFyeS1wcmltYXJ5LXByaW1hcnk=',
          secondaryKey: 'c2Vjb25kYXJ5LXNlY29uZGFyeS1zZWM=',
        },
        x509Thumbprint: { primaryThumbprint: null, secondaryThumbprint: null },
        type: 'sas',
      },
      capabilities: { iotEdge: false },
      parentScopes: [],
    });
  });

  it('finds a device by any id that there may be, decoded once', async () => {
    const { request } = expecting({ getIdentity });
    const characters = [..."abcXYZ019-:.+%_#*?!(),=@$'"];
    const ids = fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength: 128 });
    // The injection resolves dot segments as a browser would; create-api.spec.ts sends them as they are.
    const sendable = ids.filter((id) => id !== '.' && id !== '..');
    await fc.assert(
      fc.asyncProperty(sendable, async (id) => {
        const response = await request({ url: `/DEVICES/${encodeURIComponent(id)}/?${VERSION}` });
        expect(response.json().deviceId).toBe(id);
      }),
      { numRuns: 100, examples: [['%23'], ['%2523'], ['a'.repeat(128)]] },
    );
  });

  it('never asks for what cannot be an id', async () => {
    const { request } = expecting({});
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.constantFrom('a/b', '../x', '\0', 'é', ' '),
    );
    await fc.assert(
      fc.asyncProperty(hostile, async (id) => {
        fc.pre(!isValidDeviceId(id) && id.isWellFormed());
        const response = await request({ url: `/devices/${encodeURIComponent(id)}?${VERSION}` });
        expect(response.statusCode).toBe(400);
      }),
      { numRuns: 100 },
    );
    expect((await request({ url: `/devices/${'a'.repeat(129)}?${VERSION}` })).statusCode).toBe(400);
  });

  it.each([
    ['none', '/devices/d1', 400],
    ['an empty one', '/devices/d1?api-version=', 400],
    ['a word', '/devices/d1?api-version=latest', 400],
    ['two', '/devices/d1?api-version=2021-04-12&api-version=2020-03-13', 400],
    ['an old one', '/devices/d1?api-version=2016-11-14', 200],
    ['a new one', '/devices/d1?api-version=2024-03-31', 200],
    ['a preview', '/devices/d1?api-version=2021-06-30-preview', 200],
  ])('judges the api-version: %s', async (_case, url, status) => {
    const { request } = expecting({ getIdentity });
    const response = await request({ url });
    expect(response.statusCode).toBe(status);
    expect(response.headers['iothub-errorcode']).toBe(status === 400 ? 'InvalidProtocolVersion' : undefined);
  });
});

describe('PUT /devices/{id}', () => {
  async function put(body: unknown, headers: Record<string, string> = {}) {
    const putIdentity = jest.fn(async ({ identity: device }: identity.PutIdentityRequest) => ({ identity: device }));
    const { request } = expecting({ putIdentity });
    const payload = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await request({
      method: 'PUT',
      url: `/devices/d1?${VERSION}`,
      headers: { ...JSON_TYPE, ...headers },
      payload,
    });
    return { response, asked: putIdentity.mock.calls[0]?.[0] };
  }

  it('hands on all that a client may write, and nothing else', async () => {
    const { response, asked } = await put({
      deviceId: 'd1',
      status: 'Disabled',
      statusReason: 'stolen',
      authentication: {
        type: 'SelfSigned',
        symmetricKey: { primaryKey: 'a', secondaryKey: 'b' },
        x509Thumbprint: { primaryThumbprint: 'c', secondaryThumbprint: 'd' },
      },
      capabilities: { iotEdge: true },
      deviceScope: 'scope',
      parentScopes: ['parent'],
      etag: 'ignored',
      generationId: 7,
      connectionState: {},
      cloudToDeviceMessageCount: 1e308,
      unknown: { deeply: [null] },
    });
    expect(response.statusCode).toBe(200);
    expect(asked).toEqual({
      ifMatch: '',
      identity: {
        ...identity.Identity.fromPartial({ key: { deviceId: 'd1' } }),
        status: identity.Status.DISABLED,
        statusReason: 'stolen',
        authentication: {
          type: identity.AuthenticationType.SELF_SIGNED,
          primaryKey: 'a',
          secondaryKey: 'b',
          primaryThumbprint: 'c',
          secondaryThumbprint: 'd',
        },
        iotEdge: true,
        deviceScope: 'scope',
        parentScopes: ['parent'],
      },
    });
  });

  it.each([
    ['left out', {}],
    ['null', { deviceId: null, status: null, statusReason: null, authentication: null, capabilities: null }],
    ['null within', { capabilities: { iotEdge: null }, deviceScope: null, parentScopes: null }],
  ])('tells what is %s from what is cleared', async (_case, body) => {
    const { asked } = await put(body);
    expect(asked?.identity).toEqual({
      ...identity.Identity.fromPartial({ key: { deviceId: 'd1' } }),
      authentication: undefined,
    });
  });

  it.each([
    [undefined, ''],
    ['*', '*'],
    ['"*"', '*'],
    ['"AAAA="', 'AAAA='],
    ['AAAA=', 'AAAA='],
  ])('takes If-Match %p', async (header, ifMatch) => {
    const { asked } = await put({}, header === undefined ? {} : { 'if-match': header });
    expect(asked?.ifMatch).toBe(ifMatch);
  });

  it.each(['""', '"a", "b"', 'a b', 'W/"a"', 'x'.repeat(300)])('refuses If-Match %p', async (header) => {
    const { response, asked } = await put({}, { 'if-match': header });
    expect([response.statusCode, asked]).toEqual([400, undefined]);
  });

  it.each([
    ['another id', { deviceId: 'd2' }, 'deviceId'],
    ['a number', { deviceId: 1 }, 'deviceId'],
    ['an unknown word', { status: 'broken' }, 'status'],
    ['a word of another type', { status: true }, 'status'],
    ['a list', { authentication: [] }, 'authentication'],
    ['an unknown type', { authentication: { type: 'password' } }, 'authentication.type'],
    [
      'a key of another type',
      { authentication: { symmetricKey: { primaryKey: 1 } } },
      'authentication.symmetricKey.primaryKey',
    ],
    ['text', { capabilities: { iotEdge: 'yes' } }, 'capabilities.iotEdge'],
    ['an endless reason', { statusReason: 'x'.repeat(200) }, 'statusReason'],
    ['a scope of another type', { parentScopes: ['a', 1] }, 'parentScopes.1'],
    ['endless scopes', { parentScopes: Array.from({ length: 10_000 }, () => 1) }, 'parentScopes'],
    ['a list as the body', [], 'The body'],
    ['a text as the body', '"d1"', 'The body'],
  ])('refuses %s and names the field', async (_case, body, field) => {
    const { response, asked } = await put(body);
    expect([response.statusCode, response.headers['iothub-errorcode']]).toEqual([400, 'ArgumentInvalid']);
    expect(response.json().Message).toMatch(new RegExp(`^ErrorCode:ArgumentInvalid;${field.replaceAll('.', '\\.')} `));
    expect(asked).toBeUndefined();
  });

  it('answers any JSON with 200 or 400', async () => {
    const putIdentity = async ({ identity: device }: identity.PutIdentityRequest) => ({ identity: device });
    const { request } = expecting({ putIdentity });
    const field = fc.constantFrom('deviceId', 'status', 'authentication', 'symmetricKey', 'capabilities', 'iotEdge');
    const body = fc.oneof(
      fc.json(),
      fc.dictionary(field, fc.jsonValue()).map((value) => JSON.stringify(value)),
    );
    await fc.assert(
      fc.asyncProperty(body, async (payload) => {
        const response = await request({ method: 'PUT', url: `/devices/d1?${VERSION}`, headers: JSON_TYPE, payload });
        expect([200, 400]).toContain(response.statusCode);
      }),
      { numRuns: 200 },
    );
  });
});

describe('DELETE /devices/{id}', () => {
  it('hands on what must match, and answers nothing', async () => {
    const deleteIdentity = jest.fn<identity.IdentityService['deleteIdentity']>(async () => ({}));
    const { request } = expecting({ deleteIdentity });
    const url = `/devices/d1?${VERSION}`;
    const response = await request({ method: 'DELETE', url, headers: { 'if-match': '"*"', ...JSON_TYPE } });
    expect([response.statusCode, response.body]).toEqual([204, '']);
    expect(deleteIdentity).toHaveBeenCalledWith({ key: { deviceId: 'd1', moduleId: '' }, ifMatch: '*' });
  });

  it('does nothing without If-Match', async () => {
    const { request } = expecting({});
    const response = await request({ method: 'DELETE', url: `/devices/d1?${VERSION}` });
    expect([response.statusCode, response.headers['iothub-errorcode']]).toEqual([400, 'ArgumentNull']);
  });

  it('passes on what the registry refuses', async () => {
    const { request } = expecting({
      deleteIdentity: async () => {
        throw new HubError('PreconditionFailed', 'The device has changed.');
      },
    });
    const response = await request({ method: 'DELETE', url: `/devices/d1?${VERSION}`, headers: { 'if-match': '"x"' } });
    expect([response.statusCode, response.headers['iothub-errorcode']]).toEqual([412, 'PreconditionFailed']);
  });
});

describe('GET /devices', () => {
  const all = Array.from({ length: 1_500 }, (_, index) => storedIdentity(`d${String(index).padStart(4, '0')}`));
  const listDevices = async ({ pageSize, pageToken }: identity.ListDevicesRequest) => {
    // A page may be shorter than asked for.
    const from = Number(pageToken || 0);
    const to = Math.min(from + Math.min(pageSize, 400), all.length);
    return { devices: all.slice(from, to), nextPageToken: to < all.length ? String(to) : '' };
  };

  it.each([
    ['/devices', 1000],
    ['/devices/', 1000],
    ['/devices/?top=1', 1],
    ['/devices?top=401', 401],
    ['/devices?top=1000', 1000],
  ])('%s lists the first', async (url, count) => {
    const { request } = expecting({ listDevices });
    const response = await request({ url: `${url}${url.includes('?') ? '&' : '?'}${VERSION}` });
    const ids = (response.json() as { deviceId: string }[]).map(({ deviceId }) => deviceId);
    expect(ids).toEqual(all.slice(0, count).map(({ key }) => key?.deviceId));
    expect(response.headers.etag).toBeUndefined();
  });

  it.each(['0', '1001', '-1', '1e3', 'x', '', '1&top=2'])('refuses top=%s', async (top) => {
    const { request } = expecting({ listDevices });
    expect((await request({ url: `/devices?${VERSION}&top=${top}` })).statusCode).toBe(400);
  });
});
