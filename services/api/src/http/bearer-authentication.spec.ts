import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock } from '@mooring/clock';
import { openBearerTokens } from '../auth/bearer/bearer-tokens.js';
import { storedIdentity } from '../spec-support/fake-identity.js';
import { startApi, type TestApi, VERSION } from '../spec-support/test-api.js';
import { AUDIENCE, TestIssuer } from '../spec-support/test-issuer.js';

let issuer: TestIssuer;
let api: TestApi;

beforeAll(async () => {
  issuer = await TestIssuer.start();
  const clock = new SystemClock();
  const calls = { getIdentity: async () => ({ identity: storedIdentity('d1') }), deleteIdentity: async () => ({}) };
  const bearerTokens = openBearerTokens({ issuer: issuer.url, audience: AUDIENCE, clock, agent: issuer.agent });
  api = await startApi(calls, { bearerTokens });
});
afterAll(async () => {
  await api.close();
  await issuer.stop();
});

async function status(method: 'GET' | 'DELETE', authorization: string): Promise<[number, unknown]> {
  const headers = { authorization, ...(method === 'DELETE' ? { 'if-match': '*' } : {}) };
  const response = await api.request({ method, url: `/devices/d1?${VERSION}`, headers });
  return [response.statusCode, response.headers['iothub-errorcode']];
}

describe('authentication by bearer tokens', () => {
  it('admits to what the roles allow', async () => {
    const reader = await issuer.token({ roles: ['IoT Hub Data Reader'] });
    expect(await status('GET', `Bearer ${reader}`)).toEqual([200, undefined]);
    expect(await status('GET', `bearer  ${reader}`)).toEqual([200, undefined]);
    expect(await status('DELETE', `Bearer ${reader}`)).toEqual([401, 'IotHubUnauthorizedAccess']);
    const owner = await issuer.token({ roles: ['IoT Hub Data Contributor'] });
    expect(await status('DELETE', `Bearer ${owner}`)).toEqual([204, undefined]);
  });

  it('refuses a token without roles, one that has ended, and none', async () => {
    expect(await status('GET', `Bearer ${await issuer.token({ roles: undefined })}`)).toEqual([
      401,
      'IotHubUnauthorizedAccess',
    ]);
    expect(await status('GET', `Bearer ${await issuer.token({ exp: 1 })}`)).toEqual([401, 'IotHubUnauthorized']);
    expect(await status('GET', 'Bearer')).toEqual([401, 'IotHubUnauthorized']);
  });

  it('takes shared access signatures as before', async () => {
    expect(await status('GET', api.token('registryRead'))).toEqual([200, undefined]);
  });
});
