import { field, TYPE, word } from '@mooring/test-wire/mqtt';

/** How a field is laid out: text and binary have their length before them, `rest` takes what is left of the packet. */
export type FieldKind = 'text' | 'binary' | 'word' | 'byte' | 'rest';

export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  /** Right for the device, without the length before it. */
  value(deviceId: string): Buffer;
  /** Values of the right layout that are wrong, without the length before them. */
  readonly bad?: readonly (readonly [what: string, value: Buffer])[];
}

export interface PacketShape {
  readonly name: string;
  readonly type: number;
  /** Of the fixed header: those of a right packet first, then others that are lawful too. */
  readonly flags: readonly [number, ...number[]];
  readonly fields: readonly Field[];
  /** Who may send it. */
  readonly sentBy: 'device' | 'server' | 'nobody';
}

const text = (name: string, value: (deviceId: string) => string, bad: Field['bad'] = []): Field => ({
  name,
  kind: 'text',
  value: (deviceId) => Buffer.from(value(deviceId)),
  bad,
});
const byte = (name: string, value: number, bad: readonly number[] = []): Field => ({
  name,
  kind: 'byte',
  value: () => Buffer.from([value]),
  bad: bad.map((each) => [`0x${each.toString(16).padStart(2, '0')}`, Buffer.from([each])]),
});
const packetId: Field = { name: 'packet id', kind: 'word', value: () => word(7), bad: [['0', word(0)]] };

const FILTER = text('filter', (id) => `devices/${id}/messages/devicebound/#`);

/** User name, password, will of QoS 1, clean session. */
const CONNECT_FLAGS = 0xce;
/** Reserved bit; QoS 3; QoS or RETAIN without a will; a password without a user name. */
const BAD_CONNECT_FLAGS = [0xcf, 0xde, 0xca, 0xea, 0x4e];

/** A CONNECT that has all fields there can be; its password is not the device's, so that no fault of it can be hidden by luck. */
export const CONNECT: PacketShape = {
  name: 'CONNECT',
  type: TYPE.connect,
  flags: [0],
  sentBy: 'device',
  fields: [
    text('protocol name', () => 'MQTT', [
      ['of MQTT 3.1', Buffer.from('MQIsdp')],
      ['in other letters', Buffer.from('mqtt')],
      ['of another protocol', Buffer.from('HTTP')],
      ['empty', Buffer.alloc(0)],
    ]),
    byte('protocol level', 4, [0, 3, 5, 0x84, 0xff]),
    byte('connect flags', CONNECT_FLAGS, BAD_CONNECT_FLAGS),
    { name: 'keep alive', kind: 'word', value: () => word(60) },
    text('client id', (id) => id),
    text('will topic', (id) => `devices/${id}/messages/events/`, [
      ['a wildcard', Buffer.from('devices/#')],
      ['empty', Buffer.alloc(0)],
      ["another device's", Buffer.from('devices/victim/messages/events/')],
      ['of the hub', Buffer.from('$iothub/twin/GET/?$rid=1')],
    ]),
    { name: 'will payload', kind: 'binary', value: () => Buffer.from('gone') },
    text('user name', (id) => `hub.example.com/${id}/`),
    { name: 'password', kind: 'binary', value: () => Buffer.from('SharedAccessSignature sr=x&sig=AAAA&se=4000000000') },
  ],
};

/** Every packet type but CONNECT. */
export const PACKETS: readonly PacketShape[] = [
  {
    name: 'PUBLISH',
    type: TYPE.publish,
    // QoS 1; with DUP, with RETAIN, with both; QoS 0, for which the packet id is the payload's beginning; with RETAIN.
    flags: [0x02, 0x0a, 0x03, 0x0b, 0x00, 0x01],
    sentBy: 'device',
    fields: [
      text('topic', (id) => `devices/${id}/messages/events/`),
      packetId,
      { name: 'payload', kind: 'rest', value: () => Buffer.from('corpus') },
    ],
  },
  { name: 'PUBACK', type: TYPE.puback, flags: [0], sentBy: 'device', fields: [packetId] },
  {
    name: 'SUBSCRIBE',
    type: TYPE.subscribe,
    flags: [2],
    sentBy: 'device',
    fields: [packetId, FILTER, byte('requested QoS', 1, [3, 4, 0x80, 0x81, 0xff])],
  },
  { name: 'UNSUBSCRIBE', type: TYPE.unsubscribe, flags: [2], sentBy: 'device', fields: [packetId, FILTER] },
  { name: 'PINGREQ', type: TYPE.pingreq, flags: [0], sentBy: 'device', fields: [] },
  { name: 'DISCONNECT', type: TYPE.disconnect, flags: [0], sentBy: 'device', fields: [] },
  {
    name: 'CONNACK',
    type: TYPE.connack,
    flags: [0],
    sentBy: 'server',
    fields: [byte('session present', 0), byte('return code', 0)],
  },
  { name: 'SUBACK', type: TYPE.suback, flags: [0], sentBy: 'server', fields: [packetId, byte('return code', 0)] },
  { name: 'UNSUBACK', type: TYPE.unsuback, flags: [0], sentBy: 'server', fields: [packetId] },
  { name: 'PINGRESP', type: TYPE.pingresp, flags: [0], sentBy: 'server', fields: [] },
  // Of QoS 2, which the hub does not have.
  { name: 'PUBREC', type: TYPE.pubrec, flags: [0], sentBy: 'server', fields: [packetId] },
  { name: 'PUBREL', type: TYPE.pubrel, flags: [2], sentBy: 'server', fields: [packetId] },
  { name: 'PUBCOMP', type: TYPE.pubcomp, flags: [0], sentBy: 'server', fields: [packetId] },
  { name: 'type 0', type: TYPE.reserved0, flags: [0], sentBy: 'nobody', fields: [] },
  { name: 'type 15', type: TYPE.reserved15, flags: [0], sentBy: 'nobody', fields: [] },
];

/** A field as it stands in a packet. */
export function laidOut(kind: FieldKind, value: Buffer): Buffer {
  return kind === 'text' || kind === 'binary' ? field(value) : value;
}
