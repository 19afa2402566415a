import { connectPacket, packet, subscribePacket, TYPE, type WireConnect, word } from '@mooring/test-wire/mqtt';

type Sent = (about: { readonly host: string; readonly deviceId: string }) => Buffer;

/** A CONNECT of the attacker without a password. */
const spoilt =
  (more: WireConnect): Sent =>
  ({ host, deviceId }) =>
    connectPacket({ clientId: deviceId, userName: `${host}/${deviceId}/`, ...more });
const willTo =
  (bag: string): Sent =>
  (about) =>
    spoilt({ will: { topic: `devices/${about.deviceId}/messages/events/${bag}` } })(about);
const HTTP = Buffer.from(`GET /devices HTTP/1.1\r\nHost: hub.example.com\r\nUser-Agent: ${'x'.repeat(100)}\r\n\r\n`);
const first = (bytes: Buffer) => () => bytes;

/** In place of CONNECT, what the structure of packets does not show. The outcome is the one that is right. */
export const IN_PLACE_OF_CONNECT: readonly (readonly [what: string, right: string, bytes: Sent])[] = [
  ['a CONNECT without content', 'closed', first(Buffer.from('1000', 'hex'))],
  ['a CONNECT that is not complete in time', 'closed', first(Buffer.from('104000044d5154', 'hex'))],
  ['a password without a user name', 'closed', spoilt({ userName: undefined, password: 'x' })],
  ['a will with QoS 3', 'closed', spoilt({ will: { topic: 'devices/x/messages/events/' }, moreFlags: 0x18 })],
  ['a will to a wildcard', 'closed', willTo('#')],
  ['a will with a malformed property bag', 'closed', willTo('%zz')],
  ['a will of QoS 2', 'CONNACK 5', spoilt({ will: { topic: 'devices/x/messages/events/' }, moreFlags: 0x10 })],
  ["a will to another device's topic", 'CONNACK 5', spoilt({ will: { topic: 'devices/victim/messages/events/' } })],
  ['a will to a topic of the hub', 'CONNACK 5', spoilt({ will: { topic: '$iothub/twin/GET/?$rid=1' } })],
  ['a client id of no device', 'CONNACK 2', spoilt({ clientId: 'ru/de/x' })],
  ['MQTT 3.1', 'CONNACK 1', spoilt({ protocolName: 'MQIsdp', protocolLevel: 3 })],
  ['MQTT 5', 'CONNACK 1', spoilt({ protocolLevel: 5 })],
  ["a bridge's level", 'CONNACK 1', spoilt({ protocolLevel: 0x84 })],
  ['another protocol of level 4', 'closed', spoilt({ protocolName: 'HTTP' })],
  ['an HTTP request', 'closed', first(HTTP)],
  ['a header of AMQP', 'closed', first(Buffer.from('AMQP\0\x01\0\0', 'latin1'))],
  [
    'a CONNECT behind a DISCONNECT',
    'closed',
    ({ deviceId }) => Buffer.concat([packet(TYPE.disconnect, 0), connectPacket({ clientId: deviceId })]),
  ],
];

/** On an admitted connection, what closes it. */
export const AFTER_CONNECT: readonly (readonly [what: string, bytes: Sent])[] = [
  ['a second CONNECT', spoilt({})],
  ['a SUBSCRIBE without a filter', first(packet(TYPE.subscribe, 2, word(1)))],
  ['a SUBSCRIBE with more filters than there may be', first(subscribePacket(new Array(17).fill(['#', 0])))],
  ['an UNSUBSCRIBE without a filter', first(packet(TYPE.unsubscribe, 2, word(1)))],
  ['an HTTP request', first(HTTP)],
];
