import { until } from '@mooring/test-parts';
import { PORT, RawConnection } from '@mooring/test-wire';
import { field, packet, publishPacket, subscribePacket, TYPE, word } from '@mooring/test-wire/mqtt';
import { type Attempt, accepted, type Outcome, refused, type Trial } from '../../trials/trial.js';
import { admitted, ownConnect, PINGREQ, PINGRESP, packetsOf } from '../../wire/mqtt-exchange.js';
import { ofDevice } from './topics.js';

const CONNACK_BYTES = 4;
const OWN = 'devices/{own}/messages/events/';
const puback = (id: number) => packet(TYPE.puback, 0, word(id));
const suback = (...codes: readonly number[]) => packet(TYPE.suback, 0, word(9), Buffer.from(codes));

/** What is odd, and must be answered in just this way on a connection that goes on. */
const ROWS: readonly (readonly [what: string, bytes: (id: string) => Buffer, answers: readonly Buffer[]])[] = [
  [
    'one good filter among bad ones is granted alone',
    (id) =>
      subscribePacket([
        ['#', 2],
        [`devices/${id}/messages/devicebound/#`, 2],
        ['$SYS/#', 0],
      ]),
    [suback(0x80, 1, 0x80)],
  ],
  [
    'an UNSUBSCRIBE of what was not subscribed is acknowledged',
    () => packet(TYPE.unsubscribe, 2, word(5), field('nothing')),
    [packet(TYPE.unsuback, 0, word(5))],
  ],
  ['a PUBACK of nothing is ignored', () => puback(77), []],
  [
    'a packet id that is in use: each message is acknowledged',
    (id) => {
      const topic = ofDevice(OWN, id);
      return Buffer.concat([publishPacket({ topic, packetId: 4 }), publishPacket({ topic, packetId: 4, flags: 0x0a })]);
    },
    [puback(4), puback(4)],
  ],
];

async function answers(attempt: Attempt, bytes: Buffer, expected: readonly Buffer[]): Promise<Outcome> {
  const connection = await admitted(attempt);
  connection.send(bytes, PINGREQ);
  const wanted = [...expected, PINGRESP].map((each) => each.toString('hex')).sort();
  // A PINGRESP need not wait for a message to be stored: the order is left open.
  const received = () =>
    packetsOf(connection.received.subarray(CONNACK_BYTES))
      .map((each) => each.toString('hex'))
      .sort();
  await until(() => connection.closed || received().length >= wanted.length, {
    what: 'the answers',
    timeoutMs: 20_000,
  });
  const right = !connection.closed && received().join() === wanted.join();
  connection.close();
  return right ? accepted('as it should be') : refused(`answered ${received().join(', ')}`);
}

/** CONNECT and a message, a byte at a time. */
async function byteByByte(attempt: Attempt): Promise<Outcome> {
  const connection = await RawConnection.secure(attempt.stage.target, PORT.mqtts);
  await connection.trickle(ownConnect(attempt));
  await connection.untilReceived(CONNACK_BYTES);
  await connection.trickle(publishPacket({ topic: ofDevice(OWN, attempt.attacker.deviceId), packetId: 3 }));
  const received = await connection.untilReceived(CONNACK_BYTES * 2);
  connection.close();
  return received.subarray(CONNACK_BYTES).equals(puback(3)) ? accepted('as it should be') : refused('otherwise');
}

/** Two CONNECTs in one write: the first is answered, the second closes. */
async function twice(attempt: Attempt): Promise<Outcome> {
  const connection = await RawConnection.secure(attempt.stage.target, PORT.mqtts);
  const connect = ownConnect(attempt);
  connection.send(Buffer.concat([connect, connect]));
  const received = await connection.untilClosed();
  return received.length === CONNACK_BYTES ? refused('closed') : accepted(`${received.length} bytes`);
}

/** Messages without end, all with one packet id: each is a message of its own, as the one before may be acknowledged by then. */
async function flood(attempt: Attempt): Promise<Outcome> {
  const connection = await admitted(attempt);
  const payload = Buffer.alloc(200_000);
  const message = publishPacket({ topic: ofDevice(OWN, attempt.attacker.deviceId), payload });
  for (let sent = 0; sent < 50; sent++) {
    connection.send(message);
  }
  await connection.untilReceived(CONNACK_BYTES * 51);
  connection.close();
  return accepted('as it should be');
}

const RIGHT = ['as it should be'];

export const ANSWERED: readonly Trial[] = [
  ...ROWS.map(([what, bytes, expected]) => ({
    what,
    right: RIGHT,
    run: (attempt: Attempt) => answers(attempt, bytes(attempt.attacker.deviceId), expected),
  })),
  { what: 'packets come a byte at a time', right: RIGHT, run: byteByByte },
  { what: 'CONNECT twice in one write', right: ['closed'], run: twice },
  { what: 'ten megabytes are sent at once', right: RIGHT, run: flood },
];
