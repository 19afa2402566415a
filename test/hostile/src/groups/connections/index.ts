import type { ConnectionOptions } from 'node:tls';
import { clientHello, garbage, PORT, RawConnection } from '@mooring/test-wire';
import type { Group, Stage } from '../../stage.js';
import { runTrials } from '../../trials/run-trials.js';
import { accepted, type Outcome, refused, type Trial } from '../../trials/trial.js';

const GARBAGE_BYTES = 20_000;
const RANDOM = { quick: 3, full: 50 };
/** Of TLS: what a handshake that fails is answered with at most. */
const LARGEST_ALERT = 7;
const PROXY_V2 = Buffer.from('0d0a0d0a000d0a515549540a2111000cc6336407cb00710a22b80270', 'hex');

/** What comes in place of TLS. */
const INSTEAD: readonly (readonly [what: string, bytes: Buffer])[] = [
  ['an HTTP request', Buffer.from('GET /openapi.json HTTP/1.1\r\nHost: hub\r\n\r\n')],
  ['a CONNECT of MQTT', Buffer.from('100c00044d51545404020000', 'hex')],
  ['a header of AMQP', Buffer.from('AMQP\0\x01\0\0', 'latin1')],
  ['a greeting of SSH', Buffer.from('SSH-2.0-OpenSSH_9.9\r\n')],
  ['a PROXY header, version 2', PROXY_V2],
  ['a PROXY header, version 1', Buffer.from('PROXY TCP4 198.51.100.7 203.0.113.10 56324 443\r\n')],
  ['a TLS record that is longer than any', Buffer.concat([Buffer.from('160301ffff', 'hex'), Buffer.alloc(70_000)])],
  ['a TLS record of an unknown type', Buffer.from('ff03010005', 'hex')],
  ['an alert', Buffer.from('15030300020228', 'hex')],
  ['data before a handshake', Buffer.from('170303000568656c6c6f', 'hex')],
  ['a ClientHello of SSL 2', Buffer.from(`802e010002${'00'.repeat(43)}`, 'hex')],
  ['zeros', Buffer.alloc(GARBAGE_BYTES)],
];

const OLD: readonly (readonly [what: string, options: ConnectionOptions])[] = [
  ['TLS 1.0', { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }],
  ['TLS 1.1', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }],
  ['a cipher without forward secrecy', { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA:@SECLEVEL=0' }],
];

/** Serves nothing on a connection that is none of TLS. */
async function instead({ target }: Stage, port: number, bytes: Buffer): Promise<Outcome> {
  const connection = await RawConnection.plain(target, port);
  connection.send(bytes);
  const { length } = await connection.untilClosed();
  return length <= LARGEST_ALERT ? refused('closed') : accepted(`${length} bytes`);
}

async function after({ target }: Stage, port: number, bytes: Buffer): Promise<Outcome> {
  const connection = await RawConnection.secure(target, port);
  connection.send(bytes);
  await connection.untilClosed();
  return refused('closed');
}

async function handshake({ target }: Stage, port: number, options: ConnectionOptions): Promise<Outcome> {
  try {
    (await RawConnection.secure(target, port, options)).close();
    return accepted('a handshake');
  } catch {
    return refused('no handshake');
  }
}

function trials({ quick, random }: Stage): readonly Trial[] {
  const seeds = Array.from({ length: quick ? RANDOM.quick : RANDOM.full }, () => random.below(2 ** 31) + 1);
  return Object.entries(PORT).flatMap(([name, port]): readonly Trial[] => [
    ...[...INSTEAD, ...seeds.map((seed) => [`random bytes (${seed})`, garbage(seed, GARBAGE_BYTES)] as const)].map(
      ([what, bytes]): Trial => ({
        what: `${name}: ${what} in place of TLS`,
        run: ({ stage }) => instead(stage, port, bytes),
      }),
    ),
    {
      // The balancer that writes it is not trusted.
      what: `${name}: a ClientHello behind a PROXY header`,
      run: async ({ stage }) => instead(stage, port, Buffer.concat([PROXY_V2, await clientHello()])),
    },
    ...seeds.map(
      (seed): Trial => ({
        what: `${name}: random bytes after the handshake (${seed})`,
        run: ({ stage }) => after(stage, port, garbage(seed, GARBAGE_BYTES)),
      }),
    ),
    ...OLD.map(
      ([what, options]): Trial => ({
        what: `${name}: ${what}`,
        run: ({ stage }) => handshake(stage, port, options),
      }),
    ),
  ]);
}

export const CONNECTIONS: Group = {
  name: 'connections',
  tries: 'what comes in place of TLS, within it, and old TLS, on each port',
  attack: (stage) => runTrials(stage, trials(stage)),
};
