import { describe, expect, it, jest } from '@jest/globals';
import { identity } from '@mooring/proto';
import { storedIdentity } from '../spec-support/fake-identity.js';
import { sharedApi } from '../spec-support/shared-api.js';
import { VERSION } from '../spec-support/test-api.js';

const MODULE = `/devices/D%231/modules/m%2B1?${VERSION}`;
const KEY = { deviceId: 'D#1', moduleId: 'm+1' };

const expecting = sharedApi();

describe('modules', () => {
  it('are read with the state of a module', async () => {
    const getIdentity = jest.fn(async ({ key }: identity.GetIdentityRequest) => ({
      identity: {
        ...storedIdentity(key?.deviceId ?? '', key?.moduleId),
        connectionStateUpdatedTimeMs: 1_720_346_400_123,
      },
    }));
    const { request } = expecting({ getIdentity });
    const response = await request({ url: MODULE });
    expect(getIdentity).toHaveBeenCalledWith({ key: KEY });
    expect(response.headers.etag).toBe('"AAAAAAAAAAE="');
    expect(response.json()).toEqual({
      ...KEY,
      managedBy: null,
      generationId: '638000000000000000',
      etag: 'AAAAAAAAAAE=',
      connectionState: 'Disconnected',
      connectionStateUpdatedTime: '2024-07-07T10:00:00.123Z',
      lastActivityTime: '0001-01-01T00:00:00',
      cloudToDeviceMessageCount: 0,
      authentication: expect.objectContaining({ type: 'sas' }),
    });
  });

  it('are listed by device', async () => {
    const listModules = jest.fn<identity.IdentityService['listModules']>(async () => ({
      modules: [storedIdentity('D#1', 'a'), storedIdentity('D#1', 'b')],
    }));
    const { request } = expecting({ listModules });
    const response = await request({ url: `/devices/D%231/modules?${VERSION}` });
    expect(listModules).toHaveBeenCalledWith({ deviceId: 'D#1' });
    expect((response.json() as { moduleId: string }[]).map(({ moduleId }) => moduleId)).toEqual(['a', 'b']);
  });

  it('are written and deleted', async () => {
    const putIdentity = jest.fn(async ({ identity: module }: identity.PutIdentityRequest) => ({ identity: module }));
    const deleteIdentity = jest.fn<identity.IdentityService['deleteIdentity']>(async () => ({}));
    const { request } = expecting({ putIdentity, deleteIdentity });
    const headers = { 'content-type': 'application/json', 'if-match': '"AAE="' };
    const payload = JSON.stringify({
      ...KEY,
      managedBy: 'iotEdge',
      authentication: { symmetricKey: { primaryKey: '' } },
    });
    expect((await request({ method: 'PUT', url: MODULE, headers, payload })).statusCode).toBe(200);
    expect(putIdentity).toHaveBeenCalledWith({
      identity: identity.Identity.fromPartial({ key: KEY, managedBy: 'iotEdge', authentication: {} }),
      ifMatch: 'AAE=',
    });
    expect((await request({ method: 'DELETE', url: MODULE, headers })).statusCode).toBe(204);
    expect(deleteIdentity).toHaveBeenCalledWith({ key: KEY, ifMatch: 'AAE=' });
  });

  it.each([
    { ...KEY, deviceId: 'd2' },
    { ...KEY, moduleId: 'M+1' },
  ])('refuse other ids in the body: %p', async (body) => {
    const { request } = expecting({});
    const headers = { 'content-type': 'application/json' };
    const response = await request({ method: 'PUT', url: MODULE, headers, payload: JSON.stringify(body) });
    expect(response.statusCode).toBe(400);
  });
});
