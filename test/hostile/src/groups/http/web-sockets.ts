import { PORT, RawConnection, type Upgrade, upgrade, webSocketFrame } from '@mooring/test-wire';
import { HEADER } from '@mooring/test-wire/amqp';
import { connectPacket } from '@mooring/test-wire/mqtt';
import { token } from '../../harness/cast.js';
import type { Stage } from '../../stage.js';
import { sample } from '../../trials/run-trials.js';
import { type Attempt, accepted, type Outcome, refused, type Trial } from '../../trials/trial.js';
import { httpOutcome } from '../../wire/http-exchange.js';
import { FRAMES, REFUSED_UPGRADES } from './web-socket-rows.js';

const QUICK_FRAMES = 24;
const CLOSE = 0x88;
const AMQP_HEADER = Buffer.concat([Buffer.from([0x82, 8]), HEADER.amqp]);
const HEADERS = [
  'Host',
  'Connection',
  'Upgrade',
  'Sec-WebSocket-Version',
  'Sec-WebSocket-Key',
  'Sec-WebSocket-Protocol',
];
const MQTT_OR_AMQP = ['mqtt', 'AMQPWSB10'];

async function asked({ stage }: Attempt, request: Upgrade): Promise<Outcome> {
  const connection = await RawConnection.secure(stage.target, PORT.https);
  connection.send(upgrade(request));
  await connection.untilReceivedText('\r\n\r\n');
  const outcome = httpOutcome(connection.received);
  connection.close();
  return { ...outcome, how: outcome.how.split(' ')[0] ?? '' };
}

/** Opens a WebSocket, sends bytes, and waits for its end. */
async function framed({ stage }: Attempt, bytes: Buffer, subprotocol = 'mqtt'): Promise<Outcome> {
  const connection = await RawConnection.secure(stage.target, PORT.https);
  connection.send(upgrade({ subprotocol }));
  await connection.untilReceivedText('\r\n\r\n');
  const opened = connection.received;
  if (!opened.toString('latin1').startsWith('HTTP/1.1 101 ')) {
    throw new Error('a WebSocket was not opened');
  }
  connection.send(bytes);
  const answered = (await connection.untilClosed()).subarray(opened.indexOf('\r\n\r\n') + 4);
  // AMQP tells a client that begins otherwise which version it speaks, and ends. [AMQP 2.2]
  const behind = answered.subarray(0, AMQP_HEADER.length).equals(AMQP_HEADER)
    ? answered.subarray(AMQP_HEADER.length)
    : answered;
  if (behind.length === 0) {
    return refused('closed');
  }
  return behind[0] === CLOSE
    ? refused(`WebSocket close ${behind.readUInt16BE(2)}`)
    : accepted(behind.toString('hex', 0, 16));
}

/** Each combination of FIN, reserved bits and opcode, masked and not. */
function heads(): readonly Trial[] {
  return Array.from({ length: 256 }, (_, first) => first).flatMap((first) =>
    [true, false].map(
      (masked): Trial => ({
        what: `a frame that begins with 0x${first.toString(16)}, ${masked ? '' : 'not '}masked`,
        // A ping is answered, and a close; the deadline of CONNECT ends the others.
        right: 'anything',
        run: (attempt) => {
          const frame = masked ? webSocketFrame(first, Buffer.from('corpus')) : Buffer.from([first, 2, 0xc0, 0]);
          return framed(attempt, frame);
        },
      }),
    ),
  );
}

export function webSocketTrials(stage: Stage): readonly Trial[] {
  const values = (header: string) => [`${header} missing`, `${header} wrong`];
  return [
    ...REFUSED_UPGRADES.map(
      ([what, status, request]): Trial => ({
        what: `an upgrade with ${what}`,
        right: [String(status)],
        run: (attempt) => asked(attempt, request),
      }),
    ),
    {
      what: 'an upgrade of another version',
      right: ['400', '426'],
      run: (attempt) => asked(attempt, { version: '12' }),
    },
    ...HEADERS.filter((header) => header !== 'Host').flatMap((header) =>
      values(header).map(
        (what, index): Trial => ({
          what: `an upgrade with ${what}`,
          run: (attempt) => asked(attempt, { headers: [[header, index === 0 ? '' : '\u00a7']] }),
        }),
      ),
    ),
    ...MQTT_OR_AMQP.flatMap((subprotocol) =>
      FRAMES.map(
        ([what, bytes]): Trial => ({
          what: `a WebSocket of ${subprotocol} with ${what}`,
          run: (attempt) => framed(attempt, bytes, subprotocol),
        }),
      ),
    ),
    {
      what: 'a WebSocket for AMQP on which MQTT is spoken',
      run: (attempt) => framed(attempt, webSocketFrame(0x82, connectPacket({ clientId: 'victim' })), 'AMQPWSB10'),
    },
    {
      what: "a WebSocket on which another device's key signs",
      run: async ({ stage: { target, cast } }) => {
        const connection = await RawConnection.secure(target, PORT.https);
        connection.send(upgrade());
        await connection.untilReceivedText('\r\n\r\n');
        const password = token({ resource: `${cast.host}/devices/victim`, key: cast.keys.other });
        cast.secrets.keepSignature(password);
        const connect = connectPacket({ clientId: 'victim', userName: `${cast.host}/victim/`, password });
        connection.send(webSocketFrame(0x82, connect));
        const answer = (await connection.untilClosed()).toString('hex');
        return answer.includes('820420020005') ? refused('CONNACK 5') : accepted(answer.slice(-16));
      },
      right: ['CONNACK 5'],
    },
    ...(stage.quick ? sample(heads(), QUICK_FRAMES) : heads()),
  ];
}
