import { until } from '@mooring/test-parts';
import { connectPacket, packet, publishPacket, subscribePacket, TYPE, type WireConnect } from '@mooring/test-wire/mqtt';
import { type Attempt, accepted, type Outcome, refused, type Trial } from '../../trials/trial.js';
import { admitted, afterConnect, inPlaceOfConnect, packetsOf } from '../../wire/mqtt-exchange.js';

const KIB = 1024;
const LARGEST = 65_535;
const long = (length: number) => 'x'.repeat(length);

const CONNECTS: readonly (readonly [what: string, more: WireConnect])[] = [
  ['a CONNECT above its limit', { password: Buffer.alloc(16 * KIB) }],
  ['the longest client id', { clientId: long(LARGEST) }],
  ['the longest user name', { userName: long(LARGEST) }],
  ['the longest password', { password: long(LARGEST) }],
  ['the longest will topic', { will: { topic: long(LARGEST) } }],
  ['the longest will', { will: { topic: 'devices/x/messages/events/', payload: long(LARGEST) } }],
  ['all of its fields at their longest', { clientId: long(LARGEST), userName: long(LARGEST), password: long(LARGEST) }],
];

const own = (deviceId: string, bag = '') => `devices/${deviceId}/messages/events/${bag}`;
const PACKETS: readonly (readonly [what: string, bytes: (deviceId: string) => Buffer])[] = [
  ['a packet of 256 MB', () => Buffer.from('30ffffff7f00046d6f6f72', 'hex')],
  ['a packet above its limit', (id) => publishPacket({ topic: own(id), payload: Buffer.alloc(270_000) })],
  ['a packet ten times above its limit', (id) => publishPacket({ topic: own(id), payload: Buffer.alloc(2_700_000) })],
  [
    'a message above its limit by a byte',
    (id) => publishPacket({ topic: own(id), payload: Buffer.alloc(256 * KIB + 1) }),
  ],
  [
    'a message above its limit by its bag',
    (id) => publishPacket({ topic: own(id, `a=${long(100)}`), payload: Buffer.alloc(256 * KIB - 50) }),
  ],
  ['the longest topic', () => publishPacket({ topic: long(LARGEST) })],
  ['the longest bag', (id) => publishPacket({ topic: own(id, `a=${long(LARGEST - 100)}`) })],
  ['a bag of thousands of properties', (id) => publishPacket({ topic: own(id, 'a&'.repeat(20_000)) })],
  ['a topic of thousands of levels', (id) => publishPacket({ topic: own(id, '/'.repeat(60_000)) })],
  ['thousands of filters', () => subscribePacket(new Array(10_000).fill(['#', 0]))],
  ['the largest UNSUBSCRIBE', () => packet(TYPE.unsubscribe, 2, Buffer.alloc(262_000, 0))],
];

/** Reported properties; the answer says why not, and the connection goes on. */
async function report(attempt: Attempt, payload: Buffer): Promise<Outcome> {
  const connection = await admitted(attempt);
  connection.send(subscribePacket([['$iothub/twin/res/#', 0]]));
  await connection.untilReceived(4 + 5);
  const topic = '$iothub/twin/PATCH/properties/reported/?$rid=1';
  connection.send(publishPacket({ topic, payload, flags: 0 }));
  const status = () => /\$iothub\/twin\/res\/(\d+)/.exec(connection.received.toString('latin1'))?.[1];
  await until(() => connection.closed || status() !== undefined, { what: 'an answer', timeoutMs: 20_000, everyMs: 5 });
  const answer = status() ?? 'closed';
  connection.close();
  return answer === '204' ? accepted('twin 204') : refused(answer === 'closed' ? answer : `twin ${answer}`);
}

/** All of it in pieces of less than a topic, so that nothing but their number is too much. */
async function filters(attempt: Attempt): Promise<Outcome> {
  const connection = await admitted(attempt);
  const before = connection.received.length;
  const some = subscribePacket(
    Array.from({ length: 16 }, (_, n) => [`devices/${attempt.attacker.deviceId}/x/${n}`, 0]),
  );
  connection.send(...Array.from({ length: 500 }, () => some));
  await until(() => connection.closed || packetsOf(connection.received.subarray(before)).length === 500, {
    what: 'all answers',
    timeoutMs: 20_000,
  });
  const codes = packetsOf(connection.received.subarray(before)).flatMap((suback) => [...suback.subarray(4)]);
  connection.close();
  return codes.every((code) => code === 0x80) ? refused('SUBACK 0x80') : accepted('subscribed');
}

const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const REPORTS: readonly (readonly [what: string, payload: Buffer])[] = [
  [
    'reported properties of 40 KB',
    json(Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`k${n}`, long(4_000)]))),
  ],
  ['reported properties of 200 KB', json({ a: new Array(100_000).fill(1) })],
  ['a reported text of 5 KB', json({ a: long(5_000) })],
  ['a reported key of 2 KB', json({ [long(2_000)]: 1 })],
  ['a reported number of 100,000 digits', Buffer.from(`{"a":${'9'.repeat(100_000)}}`)],
  ['reported lists nested 100,000 deep', Buffer.from(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)],
];

export const MQTT_SIZES: readonly Trial[] = [
  ...CONNECTS.map(
    ([what, more]): Trial => ({
      what: `MQTT: ${what}`,
      run: (attempt) => inPlaceOfConnect(attempt, connectPacket({ clientId: attempt.attacker.deviceId, ...more })),
    }),
  ),
  ...PACKETS.map(
    ([what, bytes]): Trial => ({
      what: `MQTT: ${what}`,
      right: ['closed'],
      run: (attempt) => afterConnect(attempt, bytes(attempt.attacker.deviceId)),
    }),
  ),
  ...REPORTS.map(([what, payload]): Trial => ({ what: `MQTT: ${what}`, run: (attempt) => report(attempt, payload) })),
  { what: 'MQTT: 8,000 filters, few at a time', run: filters },
];
