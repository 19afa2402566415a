import {
  connectPacket,
  field,
  packet,
  publishPacket,
  subscribePacket,
  TYPE,
  type WireConnect,
  word,
} from '@mooring/test-wire/mqtt';

const NOT_AUTHORIZED = 5;
const BAD_VERSION = 1;
const BAD_CLIENT_ID = 2;
const SURROGATE = Buffer.from('eda080', 'hex');
const ENDLESS_LENGTH = Buffer.from('ffffffff01', 'hex');
const LARGEST_LENGTH = Buffer.from('ffffff7f', 'hex');

type Before = readonly [what: string, answer: number | 'closed', bytes: (host: string) => Buffer];

/** A CONNECT of `rude` that has no password. */
const spoilt = (more: WireConnect) => (host: string) =>
  connectPacket({ clientId: 'rude', userName: `${host}/rude/`, ...more });
const raw = (hex: string) => () => Buffer.from(hex, 'hex');
const first = (bytes: Buffer) => () => bytes;

export const BEFORE_CONNECT: readonly Before[] = [
  ['PUBLISH first', 'closed', first(publishPacket({ topic: 'devices/rude/messages/events/' }))],
  ['SUBSCRIBE first', 'closed', first(subscribePacket([['devices/rude/messages/devicebound/#', 0]]))],
  ['PINGREQ first', 'closed', first(packet(TYPE.pingreq, 0))],
  ['DISCONNECT first', 'closed', first(packet(TYPE.disconnect, 0))],
  ['CONNACK first', 'closed', first(packet(TYPE.connack, 0, word(0)))],
  ['a packet of the reserved type 0', 'closed', first(packet(TYPE.reserved0, 0))],
  ['a packet of the reserved type 15', 'closed', first(packet(TYPE.reserved15, 0))],
  ['a remaining length of five bytes', 'closed', raw('10ffffffff01')],
  ['a remaining length without an end', 'closed', raw(`10${'ff'.repeat(64)}`)],
  ['a CONNECT of 256 MB', 'closed', raw('10ffffff7f00044d51545404')],
  ['a CONNECT above its limit', 'closed', spoilt({ password: Buffer.alloc(16 * 1024) })],
  ['a CONNECT without content', 'closed', raw('1000')],
  ['a CONNECT that ends within its name', 'closed', raw('100400044d51')],
  ['a CONNECT that ends within its client id', 'closed', raw('100e00044d5154540402003c00ff7275')],
  ['a CONNECT with bytes behind its end', 'closed', spoilt({ trailing: Buffer.alloc(1) })],
  ['reserved bits in its header', 'closed', spoilt({ headerFlags: 1 })],
  ['a reserved flag', 'closed', spoilt({ moreFlags: 0x01 })],
  ['a password without a user name', 'closed', spoilt({ userName: undefined, password: 'x' })],
  ['the QoS of a will that is not there', 'closed', spoilt({ moreFlags: 0x08 })],
  ['the RETAIN of a will that is not there', 'closed', spoilt({ moreFlags: 0x20 })],
  ['a will with QoS 3', 'closed', spoilt({ will: { topic: 'devices/rude/messages/events/' }, moreFlags: 0x18 })],
  ['a will to a wildcard', 'closed', spoilt({ will: { topic: 'devices/rude/messages/events/#' } })],
  ['a will with a malformed property bag', 'closed', spoilt({ will: { topic: 'devices/rude/messages/events/%zz' } })],
  ['a will of QoS 2', NOT_AUTHORIZED, spoilt({ will: { topic: 'devices/rude/messages/events/' }, moreFlags: 0x10 })],
  ["a will to another device's topic", NOT_AUTHORIZED, spoilt({ will: { topic: 'devices/honest/messages/events/' } })],
  ['a will to a topic of the hub', NOT_AUTHORIZED, spoilt({ will: { topic: '$iothub/twin/GET/?$rid=1' } })],
  ['a client id that is not UTF-8', 'closed', spoilt({ clientId: Buffer.from([0xff, 0xfe]) })],
  ['a client id with a surrogate', 'closed', spoilt({ clientId: SURROGATE })],
  ['a client id with NUL', 'closed', spoilt({ clientId: 'ru\0de' })],
  ['a user name that is not UTF-8', 'closed', spoilt({ userName: Buffer.from([0xc3]) })],
  ['a client id of no device', BAD_CLIENT_ID, spoilt({ clientId: 'ru/de/x' })],
  ['MQTT 3.1', BAD_VERSION, spoilt({ protocolName: 'MQIsdp', protocolLevel: 3 })],
  ['MQTT 5', BAD_VERSION, spoilt({ protocolLevel: 5 })],
  ['level 0', BAD_VERSION, spoilt({ protocolLevel: 0 })],
  ['level 255', BAD_VERSION, spoilt({ protocolLevel: 255 })],
  ["a bridge's level", BAD_VERSION, spoilt({ protocolLevel: 0x84 })],
  ['another protocol of level 4', 'closed', spoilt({ protocolName: 'HTTP' })],
  ['its name in other letters', 'closed', spoilt({ protocolName: 'mqtt' })],
  ['an HTTP request', 'closed', first(Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'))],
  ['a CONNECT that is not complete in time', 'closed', raw('104000044d5154')],
];

const OWN = 'devices/rude/messages/events/';
const header = (type: number, flags: number, length: Buffer) =>
  Buffer.concat([Buffer.from([(type << 4) | flags]), length]);
const to = (topic: string | Buffer) => publishPacket({ topic });

/** What closes an admitted connection. */
export const AFTER_CONNECT: readonly (readonly [what: string, bytes: Buffer])[] = [
  ['a second CONNECT', connectPacket({ clientId: 'rude' })],
  ['CONNACK', packet(TYPE.connack, 0, word(0))],
  ['SUBACK', packet(TYPE.suback, 0, word(1), Buffer.from([0]))],
  ['UNSUBACK', packet(TYPE.unsuback, 0, word(1))],
  ['PINGRESP', packet(TYPE.pingresp, 0)],
  ['PUBREC', packet(TYPE.pubrec, 0, word(1))],
  ['PUBREL', packet(TYPE.pubrel, 2, word(1))],
  ['PUBCOMP', packet(TYPE.pubcomp, 0, word(1))],
  ['a packet of the reserved type 0', packet(TYPE.reserved0, 0)],
  ['a packet of the reserved type 15', packet(TYPE.reserved15, 0)],
  ['a remaining length of five bytes', header(TYPE.publish, 0, ENDLESS_LENGTH)],
  ['a packet of 256 MB', header(TYPE.publish, 0, LARGEST_LENGTH)],
  ['a packet above its limit', publishPacket({ topic: OWN, payload: Buffer.alloc(270_000) })],
  ['a message above its limit', publishPacket({ topic: OWN, payload: Buffer.alloc(256 * 1024 + 1) })],
  ['QoS 2', publishPacket({ topic: OWN, flags: 0x04 })],
  ['QoS 3', publishPacket({ topic: OWN, flags: 0x06 })],
  ['DUP at QoS 0', publishPacket({ topic: OWN, flags: 0x08 })],
  ['packet id 0', publishPacket({ topic: OWN, packetId: 0 })],
  ['a PUBLISH without content', packet(TYPE.publish, 0)],
  ['a topic longer than its packet', packet(TYPE.publish, 0, word(500), Buffer.from('devices'))],
  ['a PUBLISH that ends within its packet id', packet(TYPE.publish, 2, field(OWN), Buffer.from([0]))],
  ['an empty topic', to('')],
  ['a topic that is a wildcard', to('#')],
  ['a topic with a wildcard at its end', to(`${OWN}#`)],
  ['a topic with a wildcard within', to('devices/+/messages/events/')],
  ['a topic with a wildcard in its bag', to(`${OWN}a=+`)],
  ['a topic with NUL', to(`${OWN}a=\0`)],
  ['a topic that is not UTF-8', to(Buffer.concat([Buffer.from(OWN), Buffer.from([0xff])]))],
  ['a topic with a surrogate', to(Buffer.concat([Buffer.from(OWN), SURROGATE]))],
  ["another device's topic", to('devices/honest/messages/events/')],
  ['a topic that leads elsewhere', to('devices/rude/../honest/messages/events/')],
  ['its own topic in other letters', to('devices/Rude/messages/events/')],
  ["a module's topic", to('devices/rude/modules/m/messages/events/')],
  ['a topic that begins like its own', to('devices/rude/messages/eventsx')],
  ['the topic that only the hub publishes to', to('devices/rude/messages/devicebound/')],
  ['a topic of the broker', to('$SYS/broker')],
  ['a topic of the hub that there is none of', to('$iothub/nothing/GET/?$rid=1')],
  ['a topic of 65,535 bytes', to('a'.repeat(65_535))],
  ['a topic of a hundred levels', to(`${OWN}${'a/'.repeat(100)}`)],
  ['a property bag above its limit', to(`${OWN}a=${'b'.repeat(17 * 1024)}`)],
  ['a property with an escape that is none', to(`${OWN}a=%zz`)],
  ['a property with an escape that is no UTF-8', to(`${OWN}a=%ff`)],
  ['a property without a name', to(`${OWN}=b`)],
  ['an expiry that is no time', to(`${OWN}$.exp=never`)],
  ['a SUBSCRIBE with other flags', packet(TYPE.subscribe, 0, word(1), field('#'), Buffer.from([0]))],
  ['a SUBSCRIBE with packet id 0', packet(TYPE.subscribe, 2, word(0), field('#'), Buffer.from([0]))],
  ['a SUBSCRIBE without a filter', packet(TYPE.subscribe, 2, word(1))],
  ['a SUBSCRIBE without a QoS', packet(TYPE.subscribe, 2, word(1), field('#'))],
  ['a SUBSCRIBE with QoS 3', subscribePacket([['#', 3]])],
  ['a SUBSCRIBE with reserved bits in its QoS', subscribePacket([['#', 0x81]])],
  ['a filter that is not UTF-8', subscribePacket([[Buffer.from([0xff]), 0]])],
  ['a filter with NUL', subscribePacket([['a\0', 0]])],
  ['a SUBSCRIBE with more filters than there may be', subscribePacket(new Array(17).fill(['#', 0]))],
  ['an UNSUBSCRIBE with other flags', packet(TYPE.unsubscribe, 0, word(1), field('#'))],
  ['an UNSUBSCRIBE without a filter', packet(TYPE.unsubscribe, 2, word(1))],
  ['an UNSUBSCRIBE that ends within its filter', packet(TYPE.unsubscribe, 2, word(1), word(9))],
  ['a PUBACK with packet id 0', packet(TYPE.puback, 0, word(0))],
  ['a PUBACK that is too short', packet(TYPE.puback, 0, Buffer.from([1]))],
  ['a PUBACK that is too long', packet(TYPE.puback, 0, word(1), word(1))],
  ['a PINGREQ with content', packet(TYPE.pingreq, 0, word(1))],
  ['a PINGREQ with flags', packet(TYPE.pingreq, 1)],
  ['a DISCONNECT with content', packet(TYPE.disconnect, 0, word(1))],
  ['a DISCONNECT with flags', packet(TYPE.disconnect, 1)],
];

const REFUSED = Buffer.from([0x80]);
const puback = (id: number) => packet(TYPE.puback, 0, word(id));
const refused = (...filters: readonly string[]) =>
  [
    subscribePacket(filters.map((filter) => [filter, 1])),
    [packet(TYPE.suback, 0, word(9), ...filters.map(() => REFUSED))],
  ] as const;

/** What is odd, and answered without closing the connection. */
export const ANSWERED: readonly (readonly [what: string, bytes: Buffer, answers: readonly Buffer[]])[] = [
  ['a filter of everything: refused', ...refused('#')],
  ["another device's filter: refused", ...refused('devices/honest/messages/devicebound/#')],
  [
    'filters with other wildcards: refused',
    ...refused('devices/+/messages/devicebound/#', '+/+/+/+', '$SYS/#', '$iothub/#'),
  ],
  ['filters that are malformed: refused', ...refused('', '#/a', 'a+', 'devices/rude/messages/devicebound/##')],
  ['its own telemetry: refused', ...refused('devices/rude/messages/events/#')],
  [
    'one good filter among bad ones: granted alone',
    subscribePacket([
      ['#', 2],
      ['devices/rude/messages/devicebound/#', 2],
      ['$SYS/#', 0],
    ]),
    [packet(TYPE.suback, 0, word(9), Buffer.from([0x80, 1, 0x80]))],
  ],
  [
    'an UNSUBSCRIBE of what was not subscribed: acknowledged',
    packet(TYPE.unsubscribe, 2, word(5), field('nothing')),
    [packet(TYPE.unsuback, 0, word(5))],
  ],
  ['a PUBACK of nothing: ignored', puback(77), []],
  [
    'a packet id that is in use already: each message is acknowledged',
    Buffer.concat([
      publishPacket({ topic: OWN, packetId: 4 }),
      publishPacket({ topic: OWN, packetId: 4, flags: 0x0a }),
    ]),
    [puback(4), puback(4)],
  ],
  [
    'properties named like what every object has: kept as any other',
    publishPacket({ topic: `${OWN}__proto__=a&constructor=b&toString=c`, packetId: 6 }),
    [puback(6)],
  ],
  [
    'system properties that the hub stamps, forged: kept as any other',
    publishPacket({ topic: `${OWN}iothub-connection-device-id=honest&$.cdid=honest`, packetId: 8 }),
    [puback(8)],
  ],
];
