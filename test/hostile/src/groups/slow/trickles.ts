import { clientHello, PORT, RawConnection } from '@mooring/test-wire';
import { HEADER, OPEN } from '@mooring/test-wire/amqp';
import { deviceToken } from '../../harness/cast.js';
import type { Stage } from '../../stage.js';
import { type Attempt, accepted, type Outcome, refused, type Trial } from '../../trials/trial.js';
import { requestBytes } from '../../wire/http-exchange.js';
import { ownConnect } from '../../wire/mqtt-exchange.js';

/** A byte every half second in place of every ten: the deadlines of the run are as much shorter (`SETTINGS`). */
const EVERY_MS = 500;
/** Of an open over AMQP, and of the headers of a request, is no setting: 30 s and 20 s. */
const LONGEST_MS = 45_000;
const PATIENCE_MS = 60_000;

/** Sends all but the last byte, one at a time and then over and over, until the hub has had enough. */
async function trickle(connection: RawConnection, bytes: Buffer, everyMs = EVERY_MS): Promise<Outcome> {
  const start = performance.now();
  for (let at = 0; !connection.closed && performance.now() - start < LONGEST_MS; at++) {
    connection.send(bytes.subarray(at, Math.min(at + 1, bytes.length - 1)));
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  if (!connection.closed) {
    connection.close();
    return accepted(`not closed in ${LONGEST_MS / 1000} s`);
  }
  return refused('closed');
}

const afterTls = async ({ stage }: Attempt, port: number): Promise<RawConnection> =>
  RawConnection.secure(stage.target, port);

/** A sentence at a time, so slowly that it never ends. */
export function trickles({ quick }: Stage): readonly Trial[] {
  const short: readonly Trial[] = [
    ...Object.entries(PORT).map(
      ([name, port]): Trial => ({
        what: `a handshake, byte by byte, on ${name}`,
        run: async ({ stage }) => trickle(await RawConnection.plain(stage.target, port), await clientHello()),
      }),
    ),
    {
      what: 'a CONNECT, byte by byte',
      run: async (attempt) => trickle(await afterTls(attempt, PORT.mqtts), ownConnect(attempt)),
    },
    {
      what: 'no CONNECT at all',
      run: async (attempt) => trickle(await afterTls(attempt, PORT.mqtts), Buffer.alloc(0)),
    },
  ];
  const long: readonly Trial[] = [
    {
      what: 'an open over AMQP, byte by byte',
      patienceMs: PATIENCE_MS,
      run: async (attempt) => trickle(await afterTls(attempt, PORT.amqps), Buffer.concat([HEADER.amqp, OPEN])),
    },
    {
      what: 'no header of AMQP at all',
      patienceMs: PATIENCE_MS,
      run: async (attempt) => trickle(await afterTls(attempt, PORT.amqps), Buffer.alloc(0)),
    },
    {
      what: 'headers of a request, byte by byte',
      patienceMs: PATIENCE_MS,
      run: async (attempt) => {
        const { cast } = attempt.stage;
        const request = requestBytes(cast.host, {
          method: 'POST',
          path: `/devices/${attempt.attacker.deviceId}/messages/events`,
          headers: [['Authorization', deviceToken(cast, attempt.attacker)]],
        });
        return trickle(await afterTls(attempt, PORT.https), request);
      },
    },
  ];
  return quick ? short : [...short, ...long];
}
