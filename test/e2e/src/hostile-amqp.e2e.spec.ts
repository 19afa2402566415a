import { describe, expect, it } from '@jest/globals';
import { createSasToken, sasKeyFromText } from '@mooring/credentials';
import { until } from '@mooring/test-parts';
import { garbage, PORT, RawConnection } from '@mooring/test-wire';
import {
  attach,
  BEGIN,
  credit,
  frame,
  HEADER,
  OPEN,
  PERFORMATIVE,
  putToken,
  transfer,
  uint,
} from '@mooring/test-wire/amqp';
import { ATTACKS, ODDITIES, UNTIL_CREDIT } from './hostile/amqp-attacks.js';
import { ownerKey } from './support/https.js';
import { RawDevice } from './support/raw-device.js';
import { createDevice } from './support/registry.js';
import { underSiege, withstandsSiege } from './support/siege.js';

/** A thousand links, each answered. */
const LARGEST_ANSWER = 256 * 1024;
const PARTITIONS = 12;
const LARGE_MESSAGES = 100;
const LARGE_BYTES = 200_000;
const SEEDS = [11, 12, 13, 14, 15];

describe('a hub that is sent bad AMQP', () => {
  const siege = underSiege(() => ({}));

  describe('closes the connection after', () => {
    it.each(ATTACKS)('%s', async (_, frames) => {
      const connection = await RawConnection.secure(siege.hub, PORT.amqps);
      await send(connection, frames);
      const answer = await connection.untilClosed();
      expect(answer.length).toBeLessThan(LARGEST_ANSWER);
    });

    it.each(SEEDS)('random bytes within a frame (%s)', async (seed) => {
      const connection = await RawConnection.secure(siege.hub, PORT.amqps);
      const body = garbage(seed, 500);
      const length = Buffer.from([0, 0, 0, 0, 2, 0, 0, 0]);
      length.writeUInt32BE(8 + body.length);
      connection.send(HEADER.amqp, OPEN, length, body);
      await connection.untilClosed();
    });
  });

  describe('lives with', () => {
    it.each(ODDITIES)('%s', async (_, frames) => {
      const connection = await RawConnection.secure(siege.hub, PORT.amqps);
      await send(connection, frames);
      // An open is answered, and a close: if it is not closed before, that shows that all of it was read.
      await connection.untilReceived(HEADER.amqp.length + 1);
      connection.send(frame(PERFORMATIVE.close, []));
      await connection.untilClosed();
    });
  });

  it('reads no more of a client that does not read the answers it asks for', async () => {
    const connection = await RawConnection.secure(siege.hub, PORT.amqps);
    connection.send(HEADER.amqp, OPEN, BEGIN, attach());
    await connection.untilReceived(HEADER.amqp.length + 100);
    connection.socket.pause();
    // Each of these is answered with as many bytes as it takes to ask.
    const asked = Buffer.concat(Array.from({ length: 2_000 }, () => frame(PERFORMATIVE.flow, echoedFlow())));
    await until(
      () => {
        connection.send(asked);
        return connection.closed || connection.socket.writableLength > 16 * asked.length;
      },
      { what: 'the hub to read no more', timeoutMs: 20_000, everyMs: 5 },
    );
    connection.close();
  });

  it('sends no more than it can to a reader that asks for all events and takes none, and all once it does', async () => {
    const { hub } = siege;
    await sendLargeMessages();
    const reader = await RawConnection.secure(hub, PORT.amqps);
    const audience = `sb://${hub.host}/events`;
    const key = sasKeyFromText(ownerKey(hub).toString('base64'));
    const se = Math.floor(Date.now() / 1000) + 600;
    const sas = createSasToken({ resource: audience, key, se, policy: 'iothubowner' });
    siege.keepSecret(decodeURIComponent(/sig=([\w%]+)/.exec(sas)?.[1] ?? ''));
    await send(reader, [HEADER.amqp, OPEN, BEGIN, attach(), UNTIL_CREDIT]);
    reader.send(transfer({ id: 0, payload: putToken(audience, sas) }));
    await reader.untilReceivedText(performative(PERFORMATIVE.disposition));
    reader.socket.pause();
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const address = `events/ConsumerGroups/$Default/Partitions/${partition}`;
      reader.send(attach({ name: address, handle: partition + 1, role: 'receiver', address }));
      reader.send(credit(partition + 1, 1_000_000));
    }
    let before = -1;
    const standstill = async (): Promise<boolean> => {
      const sent = await bytesSent();
      const stands = sent > 0 && sent === before;
      before = sent;
      return stands;
    };
    await until(standstill, { what: 'the hub to send no more', timeoutMs: 20_000, everyMs: 300 });
    expect(before).toBeLessThan(LARGE_MESSAGES * LARGE_BYTES);
    reader.socket.resume();
    await until(async () => (await bytesSent()) > LARGE_MESSAGES * LARGE_BYTES, {
      what: 'the rest',
      timeoutMs: 20_000,
    });
    reader.close();
  });

  async function sendLargeMessages(): Promise<void> {
    const { key } = await createDevice(siege.registry, siege.hub, 'sender');
    siege.keepSecret(key);
    const device = await RawDevice.connect(siege.hub, { deviceId: 'sender', key });
    const payload = Buffer.alloc(LARGE_BYTES);
    const topic = 'devices/sender/messages/events/';
    for (let messageId = 1; messageId <= LARGE_MESSAGES; messageId++) {
      device.send({ cmd: 'publish', qos: 1, dup: false, retain: false, topic, payload, messageId });
    }
    const acknowledged = () => device.received.filter(({ cmd }) => cmd === 'puback').length === LARGE_MESSAGES;
    await until(acknowledged, { what: 'all acknowledgements', timeoutMs: 20_000 });
    device.close();
  }

  async function bytesSent(): Promise<number> {
    const metrics = await (await fetch(`${siege.hub.adminUrl}/metrics`)).text();
    return Number(/^mooring_api_events_sent_bytes_total (\d+)$/m.exec(metrics)?.[1]);
  }

  withstandsSiege(siege);
});

/** Sends all at once, but waits where it says so. */
async function send(connection: RawConnection, frames: readonly Buffer[]): Promise<void> {
  const at = frames.indexOf(UNTIL_CREDIT);
  connection.send(Buffer.concat(at < 0 ? frames : frames.slice(0, at)));
  if (at >= 0) {
    await connection.untilReceivedText(performative(PERFORMATIVE.flow));
    connection.send(Buffer.concat(frames.slice(at + 1)));
  }
}

/** How a performative begins, a character for each byte. */
function performative(code: number): string {
  return `\0S${String.fromCharCode(code)}`;
}

/** The fields of a flow of the session that asks for the hub's own. */
function echoedFlow(): Buffer[] {
  const none = Buffer.from([0x40]);
  const yes = Buffer.from([0x41]);
  return [uint(0), uint(1_000), uint(0), uint(1_000), none, none, none, none, none, yes];
}
