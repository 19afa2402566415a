import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import { createSasToken, sasKeyFromBase64, sasKeyFromText } from '@mooring/credentials';
import { isHubError } from '@mooring/errors';
import fc from 'fast-check';
import { PolicyAuthenticator } from './policy-authenticator.js';
import type { SharedAccessPolicy } from './shared-access-policy.js';

const PRIMARY = 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
const SECONDARY = 'ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=';
const POLICY: SharedAccessPolicy = {
  name: 'registryRead',
  keys: [PRIMARY, SECONDARY],
  rights: new Set(['RegistryRead']),
};
const clock = new ManualClock();
const NOW = clock.now() / 1000;
const TARGETS = [{ host: 'hub.iot.test', path: ['devices', 'D1'] }];

const policies = { find: async (name: string) => (name === POLICY.name ? POLICY : undefined) };
const authenticator = new PolicyAuthenticator({ policies, clock });

interface Written {
  readonly resource?: string;
  readonly key?: string;
  readonly se?: number;
  readonly policy?: string;
}

function token({
  resource = 'hub.iot.test',
  key = PRIMARY,
  se = NOW + 60,
  policy = POLICY.name,
}: Written = {}): string {
  return createSasToken({ resource, key: sasKeyFromBase64(key), se, policy });
}

async function refusal(text: string): Promise<string> {
  try {
    await authenticator.authenticate(text, TARGETS);
  } catch (error) {
    return isHubError(error) ? error.error : String(error);
  }
  return 'admitted';
}

describe('PolicyAuthenticator', () => {
  it.each([
    ['the whole host, primary key', token()],
    ['the secondary key', token({ key: SECONDARY })],
    ['a host in capitals, with a port', token({ resource: 'HUB.iot.test:8443' })],
    ['all devices', token({ resource: 'hub.iot.test/Devices' })],
    ['the very device', token({ resource: 'hub.iot.test/devices/D1' })],
  ])('admits %s', async (_case, text) => {
    expect(await authenticator.authenticate(text, TARGETS)).toEqual({
      policy: 'registryRead',
      subject: 'The policy registryRead',
      rights: POLICY.rights,
      expiresAtMs: (NOW + 60) * 1000,
    });
  });

  it('admits the check vector of the wire contract', async () => {
    const owner = new PolicyAuthenticator({ policies: { find: async (name) => ({ ...POLICY, name }) }, clock });
    const text =
      'SharedAccessSignature sr=hub.iot.test&sig=MbBsenoCZRe6Qvyllv1%2F2GgobFi8eobniae7OR3C02M%3D&se=2000000000&skn=iothubowner';
    expect((await owner.authenticate(text, TARGETS)).policy).toBe('iothubowner');
  });

  it('takes the text of a key where clients sign with that', async () => {
    const text = createSasToken({
      resource: 'hub.iot.test',
      key: sasKeyFromText(PRIMARY),
      se: NOW + 60,
      policy: POLICY.name,
    });
    const reader = new PolicyAuthenticator({ policies, clock, signingKey: sasKeyFromText });
    expect((await reader.authenticate(text, TARGETS)).policy).toBe(POLICY.name);
    expect(await refusal(text)).toBe('IotHubUnauthorized');
  });

  it.each([
    ['a wrong key', token({ key: 'AAAAAAAAAAAAAAAAAAAAAA==' })],
    ['an unknown policy', token({ policy: 'nobody' })],
    ['another host', token({ resource: 'other.iot.test' })],
    ['another device', token({ resource: 'hub.iot.test/devices/d1' })],
    ['a device whose id begins alike', token({ resource: 'hub.iot.test/devices/D' })],
    ['a module of the device', token({ resource: 'hub.iot.test/devices/D1/modules/m' })],
    ['its end reached', token({ se: NOW })],
    ['no policy named', token().replace(/&skn=[^&]*/, '')],
    ['an empty policy', token().replace(/&skn=[^&]*/, '&skn=')],
    ['another end than was signed', token().replace(/&se=\d+/, '&se=9999999999')],
    ['another scheme', token().replace('SharedAccessSignature', 'Bearer')],
    ['nothing', ''],
  ])('refuses %s', async (_case, text) => {
    expect(await refusal(text)).toBe('IotHubUnauthorized');
  });

  it('refuses whatever else is sent, and never fails otherwise', async () => {
    const scraps = fc.constantFrom(
      'SharedAccessSignature ',
      'sr=',
      '&sig=',
      '&se=',
      '&skn=',
      '%',
      '%zz',
      '=',
      '&',
      'é',
    );
    const texts = fc.array(fc.oneof(scraps, fc.string()), { maxLength: 12 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        expect(await refusal(text)).toBe('IotHubUnauthorized');
      }),
      { numRuns: 300 },
    );
  });
});
