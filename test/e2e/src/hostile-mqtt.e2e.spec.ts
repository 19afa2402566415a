import { beforeAll, describe, expect, it } from '@jest/globals';
import { createSasToken, sasKeyFromBase64 } from '@mooring/credentials';
import { PORT, RawConnection } from '@mooring/test-wire';
import { connackCode, connectPacket, packet, publishPacket, TYPE } from '@mooring/test-wire/mqtt';
import { AFTER_CONNECT, ANSWERED, BEFORE_CONNECT } from './hostile/mqtt-attacks.js';
import { createDevice } from './support/registry.js';
import { underSiege, withstandsSiege } from './support/siege.js';

const CONNACK_BYTES = 4;
const ACCEPTED = 0;
/** The last one shows that nothing else was answered meanwhile. */
const PINGREQ = packet(TYPE.pingreq, 0);
const PINGRESP = packet(TYPE.pingresp, 0);

describe('a hub that is sent bad MQTT', () => {
  const siege = underSiege(() => ({ MOORING_MQTT_CONNECT_TIMEOUT_SECONDS: '2' }));
  let connect: Buffer;
  beforeAll(async () => {
    const { hub, registry } = siege;
    const { key } = await createDevice(registry, hub, 'rude');
    siege.keepSecret(key);
    const se = Math.floor(Date.now() / 1000) + 600;
    const resource = `${hub.host}/devices/rude`;
    const password = createSasToken({ resource, key: sasKeyFromBase64(key), se });
    connect = connectPacket({ clientId: 'rude', userName: `${hub.host}/rude/`, password });
  });

  /** A connection of `rude` that was admitted; what it received begins behind CONNACK. */
  async function admitted(): Promise<RawConnection> {
    const connection = await RawConnection.secure(siege.hub, PORT.mqtts);
    connection.send(connect);
    expect(connackCode(await connection.untilReceived(CONNACK_BYTES))).toBe(ACCEPTED);
    return connection;
  }

  describe('before a connection is admitted answers', () => {
    it.each(BEFORE_CONNECT)('%s with %s', async (_, answer, bytes) => {
      const connection = await RawConnection.secure(siege.hub, PORT.mqtts);
      connection.send(bytes(siege.hub.host));
      const received = await connection.untilClosed();
      expect(connackCode(received) ?? (received.length === 0 ? 'closed' : received)).toBe(answer);
    });
  });

  describe('closes an admitted connection, without an answer, after', () => {
    it.each(AFTER_CONNECT)('%s', async (_, bytes) => {
      const connection = await admitted();
      connection.send(bytes, PINGREQ);
      expect(await connection.untilClosed()).toHaveLength(CONNACK_BYTES);
    });
  });

  describe('answers in the way of the protocol', () => {
    it.each(ANSWERED)('%s', async (_, bytes, answer) => {
      const connection = await admitted();
      connection.send(bytes, PINGREQ);
      const expected = [...answer.map((piece) => piece.toString('hex')), PINGRESP.toString('hex')].sort();
      const length = CONNACK_BYTES + Buffer.concat([...answer, PINGRESP]).length;
      const received = (await connection.untilReceived(length)).subarray(CONNACK_BYTES);
      // A PINGRESP need not wait for a message to be stored.
      expect(piecesOf(received).sort()).toEqual(expected);
      expect(connection.closed).toBe(false);
      connection.close();
    });
  });

  it('closes a connection that is opened twice in one write, once it was admitted', async () => {
    const connection = await RawConnection.secure(siege.hub, PORT.mqtts);
    connection.send(Buffer.concat([connect, connect]));
    expect(connackCode(await connection.untilClosed())).toBe(ACCEPTED);
  });

  it('takes packets a byte at a time', async () => {
    const connection = await RawConnection.secure(siege.hub, PORT.mqtts);
    await connection.trickle(connect);
    await connection.untilReceived(CONNACK_BYTES);
    await connection.trickle(publishPacket({ topic: 'devices/rude/messages/events/', packetId: 3 }));
    const received = await connection.untilReceived(CONNACK_BYTES * 2);
    expect(received.subarray(CONNACK_BYTES)).toEqual(Buffer.from([TYPE.puback << 4, 2, 0, 3]));
    connection.close();
  });

  it('closes a connection whose CONNECT comes in time byte by byte, but never ends', async () => {
    const connection = await RawConnection.secure(siege.hub, PORT.mqtts);
    for (let at = 0; !connection.closed; at++) {
      connection.send(connect.subarray(0, connect.length - 1).subarray(at, at + 1));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(connection.received).toHaveLength(0);
  });

  it('takes no more of a connection that sends without end than it may have in flight', async () => {
    const connection = await admitted();
    const message = publishPacket({ topic: 'devices/rude/messages/events/', payload: Buffer.alloc(200_000) });
    for (let sent = 0; sent < 50; sent++) {
      connection.send(message);
    }
    // All with one packet id: each is a message of its own, as the one before may be acknowledged by then.
    await connection.untilReceived(CONNACK_BYTES * 51);
    connection.close();
  });

  withstandsSiege(siege);
});

/** Packets, each in hexadecimal. All of them are short. */
function piecesOf(bytes: Buffer): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 2 + (bytes[at + 1] ?? 0);
    pieces.push(bytes.toString('hex', at, end));
    at = end;
  }
  return pieces;
}
