/** AMQP 1.0 frames byte by byte, right or wrong. Values are given as their bytes. */

export const HEADER = {
  amqp: Buffer.from('AMQP\0\x01\0\0', 'latin1'),
  sasl: Buffer.from('AMQP\x03\x01\0\0', 'latin1'),
};

export const PERFORMATIVE = {
  open: 0x10,
  begin: 0x11,
  attach: 0x12,
  flow: 0x13,
  transfer: 0x14,
  disposition: 0x15,
  detach: 0x16,
  end: 0x17,
  close: 0x18,
  saslInit: 0x41,
} as const;

/** More than anybody has. */
const MANY = 2_000_000_000;
const SOURCE = 0x28;
const TARGET = 0x29;

export const NULL = Buffer.from([0x40]);
export const TRUE = Buffer.from([0x41]);
export const FALSE = Buffer.from([0x42]);

function four(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function uint(value: number): Buffer {
  return Buffer.concat([Buffer.from([0x70]), four(value)]);
}

export function ushort(value: number): Buffer {
  return Buffer.from([0x60, value >> 8, value & 0xff]);
}

export function ubyte(value: number): Buffer {
  return Buffer.from([0x50, value]);
}

export function text(value: string): Buffer {
  return sized(0xb1, Buffer.from(value));
}

export function symbol(value: string): Buffer {
  return sized(0xb3, Buffer.from(value));
}

export function binary(value: Buffer): Buffer {
  return sized(0xb0, value);
}

function sized(code: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([code]), four(bytes.length), bytes]);
}

/** @param count said to be in it; as many as there are where absent */
export function list(items: readonly Buffer[], count = items.length): Buffer {
  const bytes = Buffer.concat(items);
  return Buffer.concat([Buffer.from([0xd0]), four(bytes.length + 4), four(count), bytes]);
}

/** @param pairs keys and values in turn */
export function map(pairs: readonly Buffer[]): Buffer {
  const bytes = list(pairs);
  bytes[0] = 0xd1;
  return bytes;
}

/** An array of nulls, which take no bytes: as many as one likes. */
export function nulls(count: number): Buffer {
  return Buffer.concat([Buffer.from([0xf0]), four(5), four(count), Buffer.from([0x40])]);
}

export function described(descriptor: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0, 0x53, descriptor]), value]);
}

export interface FrameOptions {
  readonly channel?: number;
  readonly type?: number;
  readonly payload?: Buffer;
}

/** A frame with a performative whose fields are a true list. */
export function frame(performative: number, fields: readonly Buffer[], options: FrameOptions = {}): Buffer {
  return frameAround(
    Buffer.concat([described(performative, list(fields)), options.payload ?? Buffer.alloc(0)]),
    options,
  );
}

/** A frame around any bytes. */
export function frameAround(body: Buffer, { channel = 0, type = 0 }: FrameOptions = {}): Buffer {
  return Buffer.concat([
    four(8 + body.length),
    Buffer.from([2, type]),
    Buffer.from([channel >> 8, channel & 0xff]),
    body,
  ]);
}

export const OPEN = frame(PERFORMATIVE.open, [text('intruder'), text('hub'), uint(65_536), ushort(10), uint(60_000)]);
export const BEGIN = begin(0);

export function begin(channel: number): Buffer {
  return frame(PERFORMATIVE.begin, [NULL, uint(0), uint(1_000), uint(1_000)], { channel });
}

export interface Attach {
  readonly name?: string;
  readonly handle?: number;
  readonly role?: 'sender' | 'receiver';
  readonly address?: string;
  /** In place of that which leads to the address. */
  readonly target?: Buffer;
}

/** Attaches to `$cbs` where no other address is given: that node is for everybody. */
export function attach({ name = 'link', handle = 0, role = 'sender', address = '$cbs', target }: Attach = {}): Buffer {
  return frame(PERFORMATIVE.attach, [
    text(name),
    uint(handle),
    role === 'receiver' ? TRUE : FALSE,
    ubyte(2),
    ubyte(0),
    described(SOURCE, list([text(address)])),
    target ?? described(TARGET, list([text(address)])),
    NULL,
    NULL,
    uint(0),
  ]);
}

/** A request to `$cbs` to take a token for an audience, as the payload of a transfer. */
export function putToken(audience: string, token: string): Buffer {
  const properties = map([
    ...[text('operation'), text('put-token')],
    ...[text('type'), text('servicebus.windows.net:sastoken')],
    ...[text('name'), text(audience)],
  ]);
  return Buffer.concat([described(0x73, list([text('1')])), described(0x74, properties), described(0x77, text(token))]);
}

/** Credit for a link on which the hub sends; the session has a window as large. */
export function credit(handle: number, count: number): Buffer {
  return frame(PERFORMATIVE.flow, [uint(0), uint(MANY), uint(0), uint(MANY), uint(handle), uint(0), uint(count)]);
}

export interface Transfer {
  /** No delivery-id where absent. */
  readonly id?: number;
  readonly more?: boolean;
  readonly payload?: Buffer;
}

/** A transfer on handle 0. */
export function transfer({ id, more = false, payload = Buffer.from([0, 0x53, 0x77, 0x40]) }: Transfer = {}): Buffer {
  const fields = [
    uint(0),
    id === undefined ? NULL : uint(id),
    id === undefined ? NULL : binary(Buffer.from([id & 0xff])),
    uint(0),
    FALSE,
    more ? TRUE : FALSE,
  ];
  return frame(PERFORMATIVE.transfer, fields, { payload });
}
