import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import { isHubError } from '@mooring/errors';
import fc from 'fast-check';
import { SignJWT, UnsecuredJWT } from 'jose';
import { AUDIENCE, TestIssuer } from '../../spec-support/test-issuer.js';
import { type BearerTokens, openBearerTokens } from './bearer-tokens.js';

let issuer: TestIssuer;
let clock: ManualClock;
let tokens: BearerTokens;

beforeEach(async () => {
  issuer = await TestIssuer.start();
  clock = new ManualClock(Date.now());
  tokens = openBearerTokens({ issuer: issuer.url, audience: AUDIENCE, clock, agent: issuer.agent });
});
afterEach(() => issuer.stop());

/** The name of the error that refuses a token. */
async function refusal(token: string): Promise<string> {
  try {
    await tokens.authenticate(token);
  } catch (error) {
    if (isHubError(error)) {
      return error.error;
    }
    throw error;
  }
  return 'admitted';
}

const seconds = (): number => Math.floor(clock.now() / 1000);

describe('bearer tokens', () => {
  it('give the rights of their roles until they end', async () => {
    const grant = await tokens.authenticate(await issuer.token({ roles: ['IoT Hub Data Contributor'] }));
    expect([...grant.rights]).toEqual(['RegistryRead', 'RegistryWrite', 'ServiceConnect', 'DeviceConnect']);
    expect(grant.expiresAtMs).toBe((seconds() + 600) * 1000);
  });

  it.each([
    ['an audience with a slash behind it', () => ({ aud: `${AUDIENCE}/` })],
    ['one audience of several', () => ({ aud: ['other', AUDIENCE] })],
    ['a start just ahead', () => ({ nbf: seconds() + 20 })],
  ])('are taken with %s', async (_case, payload) => {
    expect(await refusal(await issuer.token(payload()))).toBe('admitted');
  });

  it.each([
    ['another audience', () => ({ aud: 'https://management.azure.com' })],
    ['no audience', () => ({ aud: undefined })],
    ['another issuer', () => ({ iss: 'https://other.example' })],
    ['no issuer', () => ({ iss: undefined })],
    ['an end that is reached', () => ({ exp: seconds() })],
    ['no end', () => ({ exp: undefined })],
    ['a start far ahead', () => ({ nbf: seconds() + 300 })],
  ])('are refused with %s', async (_case, payload) => {
    expect(await refusal(await issuer.token(payload()))).toBe('IotHubUnauthorized');
  });

  it('are refused unless the issuer has signed them', async () => {
    const [header, payload, signature] = (await issuer.token()).split('.');
    const other = Buffer.from(JSON.stringify({ iss: issuer.url, aud: AUDIENCE, exp: seconds() + 60, roles: [] }));
    const claims = { iss: issuer.url, aud: AUDIENCE, exp: seconds() + 60 };
    const forged = [
      `${header}.${other.toString('base64url')}.${signature}`,
      `${header}.${payload}.`,
      new UnsecuredJWT(claims).encode(),
      await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'first' }).sign(Buffer.alloc(32, 1)),
      '',
      'x'.repeat(20_000),
    ];
    for (const token of forged) {
      expect(await refusal(token)).toBe('IotHubUnauthorized');
    }
  });

  it('never fail otherwise, whatever is sent', async () => {
    const [header, payload, signature] = (await issuer.token()).split('.');
    const scraps = fc.constantFrom('.', header ?? '', payload ?? '', signature ?? '', '=', 'é', '{}');
    const texts = fc.array(fc.oneof(scraps, fc.string()), { maxLength: 6 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        expect(['IotHubUnauthorized', 'admitted']).toContain(await refusal(text));
      }),
      { numRuns: 200 },
    );
  });

  it('ask for the keys once, and not again at once for a key that is unknown', async () => {
    const first = await issuer.token();
    await Promise.all([1, 2, 3].map(() => tokens.authenticate(first)));
    await tokens.authenticate(first);
    expect(issuer.requests).toEqual(['/tenant/.well-known/openid-configuration', '/tenant/keys']);
    issuer.rotate('second');
    expect(await refusal(await issuer.token())).toBe('IotHubUnauthorized');
    expect(issuer.requests).toHaveLength(2);
  });

  it.each([
    ['no configuration', '/tenant/.well-known/openid-configuration', { status: 404, body: '' }],
    ['a configuration of another issuer', '/tenant/.well-known/openid-configuration', configuration('https://other')],
    [
      'keys that are not secure',
      '/tenant/.well-known/openid-configuration',
      configuration('', 'http://localhost/keys'),
    ],
    ['a configuration without end', '/tenant/.well-known/openid-configuration', { status: 200, body: ' '.repeat(1e6) }],
    ['a redirect', '/tenant/keys', { status: 302, body: '' }],
    ['keys that are none', '/tenant/keys', { status: 200, body: '{"keys":5}' }],
  ])('wait for an issuer that has %s, and leave it alone for a while', async (_case, path, answer) => {
    const body = answer.body.replace('OWN', issuer.url);
    issuer.answers.set(path, { ...answer, body });
    const token = await issuer.token();
    expect(await refusal(token)).toBe('ServiceUnavailable');
    const asked = issuer.requests.length;
    expect(await refusal(token)).toBe('ServiceUnavailable');
    expect(issuer.requests).toHaveLength(asked);
    issuer.answers.clear();
    clock.advance(5_000);
    expect(await refusal(token)).toBe('admitted');
  });

  it('are not asked about where no authority vouches for the issuer', async () => {
    tokens = openBearerTokens({ issuer: issuer.url, audience: AUDIENCE, clock });
    expect(await refusal(await issuer.token())).toBe('ServiceUnavailable');
    expect(issuer.requests).toEqual([]);
  });

  it('are refused where no issuer is configured', async () => {
    tokens = openBearerTokens({ issuer: undefined, audience: AUDIENCE, clock });
    await expect(tokens.authenticate(await issuer.token())).rejects.toMatchObject({
      error: 'IotHubUnauthorized',
      code: 401003,
      message: expect.stringContaining('no OpenID Connect issuer is configured'),
    });
  });
});

function configuration(issuer: string, keys = 'https://localhost/keys'): { status: number; body: string } {
  return { status: 200, body: JSON.stringify({ issuer: issuer === '' ? 'OWN' : issuer, jwks_uri: keys }) };
}
