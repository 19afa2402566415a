/** Frames of a device that sends telemetry, made by hand so that the generator costs little beside the hub. */
import { binary, described, describedList, FALSE, map, NULL, symbol, TRUE, text, ubyte, uint } from './values.js';

export const SASL_HEADER = Buffer.from('AMQP\x03\x01\x00\x00', 'latin1');
export const AMQP_HEADER = Buffer.from('AMQP\x00\x01\x00\x00', 'latin1');

export const FRAME = {
  open: 0x10,
  begin: 0x11,
  attach: 0x12,
  flow: 0x13,
  transfer: 0x14,
  disposition: 0x15,
  detach: 0x16,
  end: 0x17,
  close: 0x18,
  saslOutcome: 0x44,
} as const;

const SASL_INIT = 0x41;
const SOURCE = 0x28;
const TARGET = 0x29;
const PROPERTIES = 0x73;
const APPLICATION_PROPERTIES = 0x74;
const DATA = 0x75;
const VALUE = 0x77;
const WINDOW = 2_048;

function frame(type: number, channel: number, body: Buffer): Buffer {
  const head = Buffer.from([0, 0, 0, 0, 2, type, channel >> 8, channel & 0xff]);
  head.writeUInt32BE(head.length + body.length, 0);
  return Buffer.concat([head, body]);
}

export function saslInit(): Buffer {
  return frame(1, 0, describedList(SASL_INIT, [symbol('ANONYMOUS')]));
}

export function open(containerId: string, hostname: string): Buffer {
  return frame(0, 0, describedList(FRAME.open, [text(containerId), text(hostname), uint(64 * 1024)]));
}

export function begin(channel: number): Buffer {
  return frame(0, channel, describedList(FRAME.begin, [NULL, uint(0), uint(WINDOW), uint(WINDOW)]));
}

export interface Link {
  readonly channel: number;
  readonly handle: number;
  readonly role: 'sender' | 'receiver';
  readonly address: string;
}

export function attach({ channel, handle, role, address }: Link): Buffer {
  const own = describedList(role === 'sender' ? SOURCE : TARGET, [text('bench')]);
  const theirs = describedList(role === 'sender' ? TARGET : SOURCE, [text(address)]);
  const fields = [text(`${role}-${handle}`), uint(handle), role === 'sender' ? FALSE : TRUE, ubyte(0), ubyte(0)];
  const termini = role === 'sender' ? [own, theirs] : [theirs, own];
  return frame(0, channel, describedList(FRAME.attach, [...fields, ...termini, NULL, NULL, uint(0)]));
}

/** Gives credit for a link on which the device receives. */
export function flow({ channel, handle }: Link, credit: number): Buffer {
  const session = [uint(0), uint(WINDOW), uint(0), uint(WINDOW)];
  return frame(0, channel, describedList(FRAME.flow, [...session, uint(handle), uint(0), uint(credit)]));
}

interface Delivery {
  readonly channel: number;
  readonly handle: number;
  readonly id: number;
}

function transfer({ channel, handle, id }: Delivery, message: readonly Buffer[]): Buffer {
  const tag = Buffer.alloc(4);
  tag.writeUInt32BE(id);
  const head = describedList(FRAME.transfer, [uint(handle), uint(id), binary(tag), uint(0), FALSE, FALSE]);
  return frame(0, channel, Buffer.concat([head, ...message]));
}

/** A request to `$cbs` to take a token [CBS 3.3]. */
export function putToken(delivery: Delivery, audience: string, token: string): Buffer {
  const properties = describedList(PROPERTIES, [text(`t${delivery.id}`), NULL, text('$cbs'), NULL, text('cbs')]);
  const names = map({
    operation: text('put-token'),
    type: text('servicebus.windows.net:sastoken'),
    name: text(audience),
  });
  return transfer(delivery, [properties, described(APPLICATION_PROPERTIES, names), described(VALUE, text(token))]);
}

/** A transfer of one message, with room for its delivery-id. */
export interface TransferTemplate {
  readonly bytes: Buffer;
  readonly deliveryIdAt: number;
}

/** Behind the frame's head, the performative's head and the handle: the type code, then the id. */
const DELIVERY_ID_AT = 8 + 3 + 9 + 5 + 1;

export function transferTemplate(channel: number, handle: number, payload: Buffer): TransferTemplate {
  const bytes = transfer({ channel, handle, id: 0 }, [described(DATA, binary(payload))]);
  return { bytes, deliveryIdAt: DELIVERY_ID_AT };
}
