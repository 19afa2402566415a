import { describe, expect, it } from '@jest/globals';
import { until } from '@mooring/test-parts';
import { ATTACKS, ODDITIES } from './hostile/amqp-attacks.js';
import { attach, BEGIN, frame, HEADER, OPEN, PERFORMATIVE, uint } from './support/amqp-wire.js';
import { garbage } from './support/garbage.js';
import { PORT, RawConnection } from './support/raw-connection.js';
import { underSiege, withstandsSiege } from './support/siege.js';

/** A thousand links, each answered. */
const LARGEST_ANSWER = 256 * 1024;
const SEEDS = [11, 12, 13, 14, 15];

describe('a hub that is sent bad AMQP', () => {
  const siege = underSiege(() => ({}));

  describe('closes the connection after', () => {
    it.each(ATTACKS)('%s', async (_, frames) => {
      const connection = await RawConnection.secure(siege.hub, PORT.amqps);
      connection.send(Buffer.concat(frames));
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
      connection.send(Buffer.concat(frames));
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

  withstandsSiege(siege);
});

/** The fields of a flow of the session that asks for the hub's own. */
function echoedFlow(): Buffer[] {
  const none = Buffer.from([0x40]);
  const yes = Buffer.from([0x41]);
  return [uint(0), uint(1_000), uint(0), uint(1_000), none, none, none, none, none, yes];
}
