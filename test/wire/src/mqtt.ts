/** MQTT 3.1.1 packets byte by byte, right or wrong. */

export const TYPE = {
  reserved0: 0,
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  unsuback: 11,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
  reserved15: 15,
} as const;

/** Two bytes, big end first. */
export function word(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}

/** Text or bytes with their length before them. */
export function field(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([word(bytes.length), bytes]);
}

export function remainingLength(length: number): Buffer {
  const digits: number[] = [];
  let rest = length;
  do {
    digits.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return Buffer.from(digits);
}

/** A packet with a true length. */
export function packet(type: number, flags: number, ...body: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat(body);
  return Buffer.concat([Buffer.from([(type << 4) | flags]), remainingLength(bytes.length), bytes]);
}

export interface WireConnect {
  readonly protocolName?: string;
  readonly protocolLevel?: number;
  /** Of the fixed header. */
  readonly headerFlags?: number;
  /** Set besides those that follow from the fields. */
  readonly moreFlags?: number;
  readonly clientId?: string | Buffer;
  readonly keepAlive?: number;
  readonly will?: { readonly topic: string | Buffer; readonly payload?: string };
  readonly userName?: string | Buffer | undefined;
  readonly password?: string | Buffer | undefined;
  /** Behind the last field. */
  readonly trailing?: Buffer;
}

export function connectPacket(from: WireConnect): Buffer {
  const { protocolName = 'MQTT', protocolLevel = 4, clientId = '', keepAlive = 60, will, userName, password } = from;
  const flags =
    0x02 |
    (will === undefined ? 0 : 0x04) |
    (userName === undefined ? 0 : 0x80) |
    (password === undefined ? 0 : 0x40) |
    (from.moreFlags ?? 0);
  return packet(
    TYPE.connect,
    from.headerFlags ?? 0,
    field(protocolName),
    Buffer.from([protocolLevel, flags]),
    word(keepAlive),
    field(clientId),
    ...(will === undefined ? [] : [field(will.topic), field(will.payload ?? '')]),
    ...(userName === undefined ? [] : [field(userName)]),
    ...(password === undefined ? [] : [field(password)]),
    from.trailing ?? Buffer.alloc(0),
  );
}

export interface WirePublish {
  readonly topic: string | Buffer;
  /** 0x08: DUP, 0x06: QoS, 0x01: RETAIN. Default: QoS 1. */
  readonly flags?: number;
  readonly packetId?: number;
  readonly payload?: Buffer;
}

export function publishPacket({ topic, flags = 0x02, packetId = 7, payload = Buffer.from('x') }: WirePublish): Buffer {
  const id = (flags & 0x06) === 0 ? Buffer.alloc(0) : word(packetId);
  return packet(TYPE.publish, flags, field(topic), id, payload);
}

export function subscribePacket(filters: readonly (readonly [filter: string | Buffer, qos: number])[]): Buffer {
  return packet(
    TYPE.subscribe,
    2,
    word(9),
    ...filters.map(([filter, qos]) => Buffer.concat([field(filter), Buffer.from([qos])])),
  );
}

/** The return code of the CONNACK that bytes received begin with; undefined if they begin with none. */
export function connackCode(received: Buffer): number | undefined {
  return received.length >= 4 && received[0] === TYPE.connack << 4 ? received[3] : undefined;
}
