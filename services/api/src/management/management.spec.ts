import { describe, expect, it, jest } from '@jest/globals';
import { identity } from '@mooring/proto';
import { sharedApi } from '../spec-support/shared-api.js';

const JSON_TYPE = { 'content-type': 'application/json' };

const expecting = sharedApi();

describe('certificates', () => {
  const stored: identity.Certificate = {
    name: 'factory',
    pem: 'PEM',
    subject: 'CN=factory',
    thumbprint: 'AB',
    notBeforeMs: 0,
    notAfterMs: 1_893_456_000_000,
    etag: 'AAE=',
    createdTimeMs: 1_720_346_400_000,
  };
  const shown = {
    name: 'factory',
    certificate: 'PEM',
    subject: 'CN=factory',
    thumbprint: 'AB',
    notBefore: '1970-01-01T00:00:00.000Z',
    notAfter: '2030-01-01T00:00:00.000Z',
    createdTime: '2024-07-07T10:00:00.000Z',
    etag: 'AAE=',
  };

  it('are listed and read', async () => {
    const { request } = expecting({ listCertificates: async () => ({ certificates: [stored] }) });
    expect((await request({ url: '/management/certificates' })).json()).toEqual([shown]);
    const one = await request({ url: '/Management/Certificates/factory?api-version=2021-04-12' });
    expect([one.json(), one.headers.etag]).toEqual([shown, '"AAE="']);
    const none = await request({ url: '/management/certificates/Factory' });
    expect([none.statusCode, none.headers['iothub-errorcode']]).toEqual([404, 'ResourceNotFound']);
  });

  it('are put and deleted', async () => {
    const putCertificate = jest.fn<identity.IdentityService['putCertificate']>(async () => ({ certificate: stored }));
    const deleteCertificate = jest.fn<identity.IdentityService['deleteCertificate']>(async () => ({}));
    const { request } = expecting({ putCertificate, deleteCertificate });
    const url = '/management/certificates/factory';
    const put = await request({ method: 'PUT', url, headers: JSON_TYPE, payload: '{"certificate":"PEM"}' });
    expect([put.statusCode, put.json()]).toEqual([200, shown]);
    expect(putCertificate).toHaveBeenCalledWith({ name: 'factory', pem: 'PEM' });
    expect((await request({ method: 'DELETE', url })).statusCode).toBe(204);
    expect(deleteCertificate).toHaveBeenCalledWith({ name: 'factory' });
  });

  it.each([
    ['a foreign character', '/management/certificates/a%20b', '{"certificate":"PEM"}'],
    ['an endless name', `/management/certificates/${'a'.repeat(65)}`, '{"certificate":"PEM"}'],
    ['no certificate', '/management/certificates/a', '{}'],
    ['an endless certificate', '/management/certificates/a', JSON.stringify({ certificate: 'x'.repeat(20_000) })],
  ])('refuse %s', async (_case, url, payload) => {
    const { request } = expecting({});
    expect((await request({ method: 'PUT', url, headers: JSON_TYPE, payload })).statusCode).toBe(400);
  });
});

describe('policies', () => {
  const stored: identity.Policy = {
    name: 'reader',
    primaryKey: 'p',
    secondaryKey: 's',
    rights: [identity.Right.SERVICE_CONNECT, identity.Right.REGISTRY_READ],
    etag: 'AAE=',
  };
  const shown = {
    name: 'reader',
    rights: ['RegistryRead', 'ServiceConnect'],
    primaryKey: 'p',
    secondaryKey: 's',
    etag: 'AAE=',
  };

  it('are listed and read, with their keys', async () => {
    const { request } = expecting({ listPolicies: async () => ({ policies: [stored] }) });
    expect((await request({ url: '/management/policies' })).json()).toEqual([shown]);
    expect((await request({ url: '/management/policies/reader' })).json()).toEqual(shown);
    expect((await request({ url: '/management/policies/writer' })).statusCode).toBe(404);
  });

  it('are put and deleted', async () => {
    const putPolicy = jest.fn<identity.IdentityService['putPolicy']>(async () => ({ policy: stored }));
    const deletePolicy = jest.fn<identity.IdentityService['deletePolicy']>(async () => ({}));
    const { request } = expecting({ putPolicy, deletePolicy });
    const payload = '{"rights":["serviceConnect","RegistryRead","RegistryRead"],"primaryKey":"p"}';
    const put = await request({ method: 'PUT', url: '/management/policies/reader', headers: JSON_TYPE, payload });
    expect([put.statusCode, put.json()]).toEqual([200, shown]);
    expect(putPolicy).toHaveBeenCalledWith({ policy: { ...stored, secondaryKey: '', etag: '' } });
    expect((await request({ method: 'DELETE', url: '/management/policies/reader' })).statusCode).toBe(204);
    expect(deletePolicy).toHaveBeenCalledWith({ name: 'reader' });
  });

  it.each(['{}', '{"rights":[]}', '{"rights":["All"]}', '{"rights":["RegistryRead"],"primaryKey":1}'])(
    'refuse %s',
    async (payload) => {
      const { request } = expecting({});
      const url = '/management/policies/reader';
      expect((await request({ method: 'PUT', url, headers: JSON_TYPE, payload })).statusCode).toBe(400);
    },
  );
});
