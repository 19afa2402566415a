import { beforeAll, describe, expect, it } from '@jest/globals';
import { assemble, type Cast, token } from './support/cast.js';
import { type Intrusion, knock } from './support/intruder.js';
import { underSiege, withstandsSiege } from './support/siege.js';
import { onEveryStore } from './support/stores.js';

const BAD_CLIENT_ID = 2;
const NOT_AUTHORIZED = 5;

type Row = readonly [what: string, password: (cast: Cast) => string | Buffer | undefined];

const victimToken = ({ host, keys }: Cast) => token({ resource: `${host}/devices/victim`, key: keys.victim });
const spoilt = (pattern: RegExp, by: string) => (cast: Cast) => victimToken(cast).replace(pattern, by);
const byPolicy =
  (policy: string, path: string, signedBy = policy) =>
  (cast: Cast) =>
    token({ resource: `${cast.host}${path}`, key: cast.policyKeys[signedBy] ?? '', policy });
const byKey = (holder: keyof Cast['keys'], path: string) => (cast: Cast) =>
  token({ resource: `${cast.host}${path}`, key: cast.keys[holder] });

/** What a stranger says to be `victim`. */
const TOKENS: readonly Row[] = [
  ['no password', () => undefined],
  ['an empty password', () => ''],
  ["another device's key", byKey('other', '/devices/victim')],
  ["its module's key", byKey('module', '/devices/victim')],
  ['an empty key', ({ host }) => token({ resource: `${host}/devices/victim`, key: '' })],
  [
    'a token that has expired',
    (cast) => token({ resource: `${cast.host}/devices/victim`, key: cast.keys.victim, seconds: -1 }),
  ],
  ['a token that expired when time began', spoilt(/se=\d+/, 'se=0')],
  ['an expiry that was put off', spoilt(/se=\d+/, 'se=4000000000')],
  ["another device's token", byKey('other', '/devices/other')],
  ['its own key for another device', byKey('victim', '/devices/other')],
  ['its own key for its module', byKey('victim', '/devices/victim/modules/m')],
  ['its own key for a part of its id', byKey('victim', '/devices/vic')],
  ['its own key for an id that begins like its own', byKey('victim', '/devices/victim2')],
  ['its own key for its id in other letters', byKey('victim', '/devices/VICTIM')],
  ['its own key for all devices', byKey('victim', '/devices')],
  ['its own key for the whole hub', byKey('victim', '')],
  [
    'its own key for another hub',
    ({ keys }) => token({ resource: 'hub.example.com/devices/victim', key: keys.victim }),
  ],
  ['a policy without the right to connect devices', byPolicy('service', '/devices/victim')],
  ['a policy that may only read', byPolicy('registryRead', '')],
  ['a policy that is unknown', byPolicy('nobody', '/devices/victim', 'device')],
  ["a policy by another policy's key", byPolicy('iothubowner', '/devices/victim', 'device')],
  [
    "a policy's key without its name",
    ({ host, policyKeys }) => token({ resource: `${host}/devices/victim`, key: policyKeys['device'] ?? '' }),
  ],
  [
    "a policy's name with the device's own key",
    ({ host, keys }) => token({ resource: `${host}/devices/victim`, key: keys.victim, policy: 'device' }),
  ],
  ['a policy with a token for another device', byPolicy('device', '/devices/other')],
  ['a policy with a token for a module', byPolicy('device', '/devices/victim/modules/m')],
  ['a policy named like what every object has', byPolicy('__proto__', '/devices/victim', 'device')],
  ['the scheme alone', () => 'SharedAccessSignature'],
  ['the scheme and a space', () => 'SharedAccessSignature '],
  ['another scheme', spoilt(/^SharedAccessSignature/, 'Bearer')],
  ['no scheme', spoilt(/^SharedAccessSignature /, '')],
  ['no sr', spoilt(/sr=[^&]+&/, '')],
  ['no sig', spoilt(/sig=[^&]+&/, '')],
  ['no se', spoilt(/&se=\d+/, '')],
  ['an empty sig', spoilt(/sig=[^&]+/, 'sig=')],
  ['a sig that is too short', spoilt(/sig=[^&]+/, 'sig=AAAA')],
  ['a sig that is not base64', spoilt(/sig=[^&]+/, `sig=${'!'.repeat(44)}`)],
  ['an sr twice', spoilt(/sr=/, 'sr=x&sr=')],
  ['a skn twice', (cast) => `${byPolicy('device', '/devices/victim')(cast)}&skn=device`],
  ['a field without a name', (cast) => `${victimToken(cast)}&=x`],
  ['a field without a value', (cast) => `${victimToken(cast)}&x`],
  ['an expiry before time', spoilt(/se=/, 'se=-')],
  ['an expiry that is a fraction', spoilt(/se=(\d+)/, 'se=$1.5')],
  ['an expiry with an exponent', spoilt(/se=\d+/, 'se=1e12')],
  ['an expiry in hexadecimal', spoilt(/se=\d+/, 'se=0xFFFFFFFF')],
  ['an expiry beyond all dates', spoilt(/se=\d+/, `se=${'9'.repeat(40)}`)],
  ['an escape that is none', spoilt(/sr=/, 'sr=%zz')],
  ['an escape that is no UTF-8', spoilt(/sr=/, 'sr=%ff')],
  ['bytes that are no UTF-8', () => Buffer.alloc(64, 0xff)],
  ['a NUL within', spoilt(/&/, '\0&')],
  ['a token of 4 KB', (cast) => `${victimToken(cast)}&x=${'y'.repeat(4_096)}`],
  ['a token of 15 KB', (cast) => `${victimToken(cast)}&x=${'y'.repeat(15_000)}`],
  ['a thousand fields', (cast) => victimToken(cast) + '&a=b'.repeat(1_000)],
];

type Stranger = readonly [what: string, intrusion: (cast: Cast) => Intrusion, answer: number];

const named = (deviceId: string, cast: Cast, more: Partial<Intrusion> = {}): Intrusion => ({
  clientId: deviceId,
  userName: `${cast.host}/${deviceId}/?api-version=2021-04-12`,
  password: token({ resource: `${cast.host}/devices/${deviceId}`, key: cast.keys.victim }),
  ...more,
});
const withUserName = (userName: (host: string) => string | undefined) => (cast: Cast) =>
  named('victim', cast, { userName: userName(cast.host) });

const STRANGERS: readonly Stranger[] = [
  ['a device that is unknown', (cast) => named('nobody', cast), NOT_AUTHORIZED],
  ['a device in other letters', (cast) => named('Victim', cast), NOT_AUTHORIZED],
  ['a device named like what every object has', (cast) => named('constructor', cast), NOT_AUTHORIZED],
  ['a device with wildcards in its name', (cast) => named('x#+foo', cast), NOT_AUTHORIZED],
  ['a device that is escaped', (cast) => named('%76ictim', cast), NOT_AUTHORIZED],
  [
    'a device that is disabled',
    (cast) =>
      named('disabled', cast, {
        password: token({ resource: `${cast.host}/devices/disabled`, key: cast.keys.disabled }),
      }),
    NOT_AUTHORIZED,
  ],
  ['a module that is unknown', (cast) => named('victim/x', cast, { password: victimToken(cast) }), NOT_AUTHORIZED],
  [
    'a module with the key of its device',
    (cast) => named('victim/m', cast, { password: byKey('victim', '/devices/victim/modules/m')(cast) }),
    NOT_AUTHORIZED,
  ],
  [
    'a module with the token of its device',
    (cast) => named('victim/m', cast, { password: victimToken(cast) }),
    NOT_AUTHORIZED,
  ],
  ['an empty client id', (cast) => named('', cast), BAD_CLIENT_ID],
  ['a client id with a space', (cast) => named('victim ', cast), BAD_CLIENT_ID],
  ['a client id with a slash at its end', (cast) => named('victim/', cast), BAD_CLIENT_ID],
  ['a client id of three levels', (cast) => named('victim/m/m', cast), BAD_CLIENT_ID],
  ['a client id that leads elsewhere', (cast) => named('victim/../other', cast), BAD_CLIENT_ID],
  ['a client id of 129 characters', (cast) => named('v'.repeat(129), cast), BAD_CLIENT_ID],
  ['a client id of 4 KB', (cast) => named('v'.repeat(4_000), cast), BAD_CLIENT_ID],
  ['a client id that is a token', (cast) => named(victimToken(cast), cast), BAD_CLIENT_ID],
  ['a client id beyond ASCII', (cast) => named('víctim', cast), BAD_CLIENT_ID],
  ['no user name', (cast) => named('victim', cast, { userName: undefined, password: undefined }), NOT_AUTHORIZED],
  ['an empty user name', withUserName(() => ''), NOT_AUTHORIZED],
  ['the host alone', withUserName((host) => host), NOT_AUTHORIZED],
  ['the user name of another device', withUserName((host) => `${host}/other/?api-version=2021-04-12`), NOT_AUTHORIZED],
  ['the user name of a module', withUserName((host) => `${host}/victim/m/?api-version=2021-04-12`), NOT_AUTHORIZED],
  [
    'a user name with more behind the id',
    withUserName((host) => `${host}/victimx/?api-version=2021-04-12`),
    NOT_AUTHORIZED,
  ],
  [
    'the user name at another hub',
    withUserName(() => 'hub.example.com/victim/?api-version=2021-04-12'),
    NOT_AUTHORIZED,
  ],
  [
    'the user name at a host that begins like the hub',
    withUserName((host) => `${host}.example.com/victim/`),
    NOT_AUTHORIZED,
  ],
  ['a user name of 10 KB', withUserName((host) => `${host}/victim/${'x'.repeat(10_000)}`), NOT_AUTHORIZED],
  ['a model id of 10 KB', withUserName((host) => `${host}/victim/?model-id=${'x'.repeat(10_000)}`), NOT_AUTHORIZED],
];

onEveryStore('a hub that strangers knock at', (stores) => {
  const siege = underSiege(() => stores.environment());
  let cast: Cast;
  beforeAll(async () => {
    cast = await assemble(siege);
  });

  /** Knocks, and makes secrets of what was shown. */
  async function answerTo(intrusion: Intrusion): Promise<number | 'closed'> {
    const signature = /sig=([\w%]+)/.exec(intrusion.password?.toString() ?? '')?.[1] ?? '';
    siege.keepSecret(decodeURIComponent(signature));
    return knock(siege.hub, intrusion);
  }

  it('admits the device itself, its module, and who holds a policy that may connect devices', async () => {
    expect(await answerTo(named('victim', cast))).toBe(0);
    const module = named('victim/m', cast, { password: byKey('module', '/devices/victim/modules/m')(cast) });
    expect(await answerTo(module)).toBe(0);
    expect(await answerTo(named('victim', cast, { password: byPolicy('device', '')(cast) }))).toBe(0);
  });

  describe('refuses as not authorised', () => {
    it.each(TOKENS)('%s', async (_, password) => {
      expect(await answerTo(named('victim', cast, { password: password(cast) }))).toBe(NOT_AUTHORIZED);
    });
  });

  describe('refuses', () => {
    it.each(STRANGERS)('%s', async (_, intrusion, answer) => {
      expect(await answerTo(intrusion(cast))).toBe(answer);
    });
  });

  withstandsSiege(siege);
});
