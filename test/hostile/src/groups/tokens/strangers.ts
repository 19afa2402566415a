import type { WireConnect } from '@mooring/test-wire/mqtt';
import { type Cast, token } from '../../harness/cast.js';

const BAD_CLIENT_ID = 'CONNACK 2';
const NOT_AUTHORIZED = 'CONNACK 5';

const named = (clientId: string, cast: Cast, more: WireConnect = {}): WireConnect => ({
  clientId,
  userName: `${cast.host}/${clientId}/?api-version=2021-04-12`,
  password: token({ resource: `${cast.host}/devices/${clientId}`, key: cast.keys.victim }),
  ...more,
});
const withUserName = (userName: (host: string) => string | undefined) => (cast: Cast) =>
  named('victim', cast, { userName: userName(cast.host) });
const own = ({ host, keys }: Cast) => token({ resource: `${host}/devices/victim`, key: keys.victim });

/** Client ids and user names of CONNECT that are wrong, each with a genuine signature. */
export const STRANGERS: readonly (readonly [what: string, connect: (cast: Cast) => WireConnect, right: string])[] = [
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
  ['a module that is unknown', (cast) => named('victim/x', cast, { password: own(cast) }), NOT_AUTHORIZED],
  [
    'a module with the key of its device',
    (cast) =>
      named('victim/m', cast, {
        password: token({ resource: `${cast.host}/devices/victim/modules/m`, key: cast.keys.victim }),
      }),
    NOT_AUTHORIZED,
  ],
  ['a module with the token of its device', (cast) => named('victim/m', cast, { password: own(cast) }), NOT_AUTHORIZED],
  ['an empty client id', (cast) => named('', cast), BAD_CLIENT_ID],
  ['a client id with a space', (cast) => named('victim ', cast), BAD_CLIENT_ID],
  ['a client id with a slash at its end', (cast) => named('victim/', cast), BAD_CLIENT_ID],
  ['a client id of three levels', (cast) => named('victim/m/m', cast), BAD_CLIENT_ID],
  ['a client id that leads elsewhere', (cast) => named('victim/../other', cast), BAD_CLIENT_ID],
  ['a client id of 129 characters', (cast) => named('v'.repeat(129), cast), BAD_CLIENT_ID],
  ['a client id of 4 KB', (cast) => named('v'.repeat(4_000), cast), BAD_CLIENT_ID],
  ['a client id that is a token', (cast) => named(own(cast), cast), BAD_CLIENT_ID],
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
