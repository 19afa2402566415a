import { type Cast, policyToken, token } from '../../harness/cast.js';

type Holder = keyof Cast['keys'];

const byKey = (holder: Holder, path: string) => (cast: Cast) =>
  token({ resource: `${cast.host}${path}`, key: cast.keys[holder] });
const byPolicy =
  (policy: string, path: string, signedBy = policy) =>
  (cast: Cast) =>
    token({ resource: `${cast.host}${path}`, key: cast.policyKeys[signedBy] ?? '', policy });

/** Genuine tokens of something else, and forged ones, shown by who says to be the device. */
export const DEVICE_TOKENS: readonly (readonly [deviceId: string, what: string, token: (cast: Cast) => string])[] = [
  ...(
    [
      ["another device's key", byKey('other', '/devices/victim')],
      ["its module's key", byKey('module', '/devices/victim')],
      ['an empty key', ({ host }) => token({ resource: `${host}/devices/victim`, key: '' })],
      [
        'a token that has expired',
        ({ host, keys }) => token({ resource: `${host}/devices/victim`, key: keys.victim, seconds: -1 }),
      ],
      ["another device's token", byKey('other', '/devices/other')],
      ['its own key for another device', byKey('victim', '/devices/other')],
      ['its own key for its module', byKey('victim', '/devices/victim/modules/m')],
      ['its own key for a part of its id', byKey('victim', '/devices/vic')],
      ['its own key for an id that begins like its own', byKey('victim', '/devices/victim2')],
      ['its own key for its id in other letters', byKey('victim', '/devices/VICTIM')],
      ['its own key for something below it', byKey('victim', '/devices/victim/messages')],
      ['its own key for all devices', byKey('victim', '/devices')],
      ['its own key for the whole hub', byKey('victim', '')],
      ['its own key for a path that leads elsewhere', byKey('victim', '/devices/other/../victim')],
      [
        'its own key for another hub',
        ({ keys }) => token({ resource: 'hub.example.com/devices/victim', key: keys.victim }),
      ],
      [
        'its own key for a host that begins like the hub',
        ({ host, keys }) => token({ resource: `${host}.example.com/devices/victim`, key: keys.victim }),
      ],
      ['a policy without the right to connect devices', byPolicy('service', '/devices/victim')],
      ['a policy that may only read', byPolicy('registryRead', '')],
      ['a policy that may only write', byPolicy('registryReadWrite', '')],
      ['a policy that is unknown', byPolicy('nobody', '/devices/victim', 'device')],
      ["a policy by another policy's key", byPolicy('iothubowner', '/devices/victim', 'device')],
      [
        "a policy's key without its name",
        ({ host, policyKeys }) => token({ resource: `${host}/devices/victim`, key: policyKeys['device'] ?? '' }),
      ],
      [
        "a policy's key with an empty name",
        ({ host, policyKeys }) =>
          `${token({ resource: `${host}/devices/victim`, key: policyKeys['device'] ?? '' })}&skn=`,
      ],
      [
        "a policy's name with the device's own key",
        ({ host, keys }) => token({ resource: `${host}/devices/victim`, key: keys.victim, policy: 'device' }),
      ],
      ['a policy with a token for another device', byPolicy('device', '/devices/other')],
      ['a policy with a token for a part of its id', byPolicy('device', '/devices/vic')],
      ['a policy with a token for a module', byPolicy('device', '/devices/victim/modules/m')],
      ['a policy named like what every object has', byPolicy('__proto__', '/devices/victim', 'device')],
    ] as readonly (readonly [string, (cast: Cast) => string])[]
  ).map(([what, make]) => ['victim', what, make] as const),
  ['ab', 'the token of the device a', byKey('a', '/devices/a')],
  ['ab', 'the key of the device a', byKey('a', '/devices/ab')],
  ['ab', 'a policy with a token for the device a', byPolicy('device', '/devices/a')],
  ['a', 'the token of the device ab', byKey('ab', '/devices/ab')],
  ['a', 'a policy with a token for the device ab', byPolicy('device', '/devices/ab')],
  ['disabled', 'its own token, though it is disabled', byKey('disabled', '/devices/disabled')],
  ['nobody', "another device's key, though there is none of its name", byKey('victim', '/devices/nobody')],
  ['Victim', 'the key of a device in other letters', byKey('victim', '/devices/Victim')],
  ['constructor', 'any key', byKey('victim', '/devices/constructor')],
];

/** Shown by who says to be a back end with all rights, to ask for `victim` and to send to devices. */
export const SERVICE_TOKENS: readonly (readonly [what: string, token: (cast: Cast) => string])[] = [
  [
    'a token that has expired',
    (cast) => token({ resource: cast.host, key: owner(cast), policy: 'iothubowner', seconds: -1 }),
  ],
  ['a token for another hub', (cast) => policyToken(cast, 'iothubowner', 'hub.example.com')],
  [
    'a token for a host that begins like the hub',
    (cast) => policyToken(cast, 'iothubowner', `${cast.host}.example.com`),
  ],
  ['a token for a host that the hub begins like', (cast) => policyToken(cast, 'iothubowner', cast.host.slice(0, -1))],
  ['a token for another device', (cast) => policyToken(cast, 'iothubowner', `${cast.host}/devices/other`)],
  ['a token for a part of the id', (cast) => policyToken(cast, 'iothubowner', `${cast.host}/devices/vic`)],
  ['a policy that there is none of', byPolicy('nobody', '', 'iothubowner')],
  ['a policy named like what every object has', byPolicy('__proto__', '', 'iothubowner')],
  ["a policy by another policy's key", byPolicy('iothubowner', '', 'service')],
  ["a policy's key without its name", (cast) => token({ resource: cast.host, key: owner(cast) })],
  ["a policy's key with an empty name", (cast) => `${token({ resource: cast.host, key: owner(cast) })}&skn=`],
  ['a policy that may only connect devices', byPolicy('device', '')],
  ["a device's own token", byKey('victim', '/devices/victim')],
  ["a device's key for the whole hub", byKey('victim', '')],
  [
    "a device's key with a policy's name",
    ({ host, keys }) => token({ resource: host, key: keys.victim, policy: 'iothubowner' }),
  ],
  ["a module's own token", byKey('module', '/devices/victim/modules/m')],
  ['an empty key', ({ host }) => token({ resource: host, key: '', policy: 'iothubowner' })],
];

function owner({ policyKeys }: Cast): string {
  return policyKeys['iothubowner'] ?? '';
}
