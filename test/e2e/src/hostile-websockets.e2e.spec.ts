import { beforeAll, describe, expect, it } from '@jest/globals';
import { garbage, PORT, RawConnection } from '@mooring/test-wire';
import { connectPacket, packet, TYPE } from '@mooring/test-wire/mqtt';
import { assemble, type Cast, token } from './support/cast.js';
import { underSiege, withstandsSiege } from './support/siege.js';

interface Upgrade {
  readonly method?: string;
  readonly path?: string;
  readonly subprotocol?: string;
  readonly version?: string;
  readonly key?: string;
}

/** A request to open a WebSocket; a header whose value is empty is left out. */
function upgrade({
  method = 'GET',
  path = '/$iothub/websocket',
  subprotocol = 'mqtt',
  version = '13',
  key = 'dGhlIHNhbXBsZSBub25jZQ==',
}: Upgrade = {}): string {
  const headers = [
    ['Host', 'hub'],
    ['Connection', 'Upgrade'],
    ['Upgrade', 'websocket'],
    ['Sec-WebSocket-Version', version],
    ['Sec-WebSocket-Key', key],
    ['Sec-WebSocket-Protocol', subprotocol],
  ].filter(([, value]) => value !== '');
  return `${[`${method} ${path} HTTP/1.1`, ...headers.map((header) => header.join(': '))].join('\r\n')}\r\n\r\n`;
}

const REFUSED: readonly (readonly [what: string, status: number, request: Upgrade])[] = [
  ['an unknown subprotocol', 400, { subprotocol: 'chat' }],
  ['no subprotocol', 400, { subprotocol: '' }],
  ['a subprotocol that begins like one', 400, { subprotocol: 'mqttx' }],
  ['a subprotocol named like what every object has', 400, { subprotocol: '__proto__' }],
  ['MQTT where only AMQP is spoken', 400, { path: '/$servicebus/websocket' }],
  ['an unknown path', 404, { path: '/websocket' }],
  ['a path of REST', 404, { path: '/devices/victim?api-version=2021-04-12' }],
  ['a path with more behind it', 404, { path: '/$iothub/websocket/x' }],
  ['a path of an absolute URI', 404, { path: 'https://hub/elsewhere' }],
  ['another method', 405, { method: 'POST' }],
  ['no key', 400, { key: '' }],
  ['a key that is none', 400, { key: 'short' }],
];

const MASK = Buffer.from([1, 2, 3, 4]);

/** A frame as clients send it, masked. */
function frame(first: number, payload: Buffer): Buffer {
  const length = payload.length;
  const head = length < 126 ? [0x80 | length] : [0x80 | 126, length >> 8, length & 0xff];
  const masked = Buffer.from(payload.map((byte, index) => byte ^ (MASK[index % 4] ?? 0)));
  return Buffer.concat([Buffer.from([first, ...head]), MASK, masked]);
}

/** The head of a frame that says to be so long. */
function announced(first: number, length: bigint): Buffer {
  const head = Buffer.from([first, 0x80 | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeBigUInt64BE(length, 2);
  return Buffer.concat([head, MASK]);
}

const PINGREQ = packet(TYPE.pingreq, 0);
const FRAMES: readonly (readonly [what: string, bytes: Buffer])[] = [
  ['a text frame', frame(0x81, Buffer.from('hello'))],
  ['a frame that is not masked', Buffer.from([0x82, 2, ...PINGREQ])],
  ['a reserved bit', frame(0xa2, PINGREQ)],
  ['a compressed frame, which was not agreed on', frame(0xc2, PINGREQ)],
  ['a reserved opcode', frame(0x83, PINGREQ)],
  ['a continuation of nothing', frame(0x80, PINGREQ)],
  ['a message within another', Buffer.concat([frame(0x02, PINGREQ), frame(0x82, PINGREQ)])],
  ['a ping in pieces', frame(0x09, PINGREQ)],
  ['a ping of 126 bytes', frame(0x89, Buffer.alloc(126))],
  ['a close with a code that is none', frame(0x88, Buffer.from([0, 1]))],
  ['a close of one byte', frame(0x88, Buffer.from([3]))],
  ['a frame above its limit', announced(0x82, 2n ** 21n)],
  ['a frame of 2^63 bytes', announced(0x82, 2n ** 63n)],
  [
    'a message whose pieces are above its limit',
    Buffer.concat([frame(0x02, Buffer.alloc(1)), ...new Array(40).fill(frame(0x00, Buffer.alloc(30_000)))]),
  ],
  ['bad MQTT in a good frame', frame(0x82, packet(TYPE.reserved15, 0))],
  ['random bytes in a good frame', frame(0x82, garbage(7, 20_000))],
  ['random bytes in place of frames', garbage(8, 20_000)],
];

describe('a hub that is sent bad WebSockets', () => {
  const siege = underSiege(() => ({ MOORING_MQTT_CONNECT_TIMEOUT_SECONDS: '2' }));
  let cast: Cast;
  beforeAll(async () => {
    cast = await assemble(siege);
  });

  async function opened(request: Upgrade = {}): Promise<RawConnection> {
    const connection = await RawConnection.secure(siege.hub, PORT.https);
    connection.send(upgrade(request));
    const answer = await connection.untilReceivedText('\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 101 /);
    return connection;
  }

  describe('refuses', () => {
    it.each(REFUSED)('%s with %s', async (_, status, request) => {
      const connection = await RawConnection.secure(siege.hub, PORT.https);
      connection.send(upgrade(request));
      expect((await connection.untilClosed()).toString('latin1')).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    });
  });

  it('speaks another version of WebSocket with nobody', async () => {
    const connection = await RawConnection.secure(siege.hub, PORT.https);
    connection.send(upgrade({ version: '12' }));
    expect((await connection.untilClosed()).toString('latin1')).toMatch(/^HTTP\/1\.1 4\d\d /);
  });

  describe('closes the connection after', () => {
    it.each(FRAMES)('%s', async (_, bytes) => {
      const connection = await opened();
      connection.send(bytes);
      const received = await connection.untilClosed();
      const [head] = received.toString('latin1').split('\r\n\r\n', 1);
      const behind = received.subarray((head ?? '').length + 4);
      // A close frame at most.
      expect(behind.length === 0 || behind[0] === 0x88).toBe(true);
    });
  });

  it('closes a WebSocket for AMQP on which MQTT is spoken', async () => {
    const connection = await opened({ subprotocol: 'AMQPWSB10' });
    connection.send(frame(0x82, connectPacket({ clientId: 'victim' })));
    await connection.untilClosed();
  });

  it('closes the WebSocket of a stranger with CONNACK 5', async () => {
    const connection = await opened();
    const password = token({ resource: `${cast.host}/devices/victim`, key: cast.keys.other });
    const connect = connectPacket({ clientId: 'victim', userName: `${cast.host}/victim/`, password });
    connection.send(frame(0x82, connect));
    expect((await connection.untilClosed()).toString('hex')).toContain('820420020005');
  });

  withstandsSiege(siege);
});
