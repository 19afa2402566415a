import { PERFORMATIVE } from './performative.js';

/** Everything of a transfer frame but its tag and payload. */
const TRANSFER_BYTES = 34;

const NULL = 0x40;
const TRUE = 0x41;
const FALSE = 0x42;
const UINT0 = 0x43;
const LIST0 = 0x45;
const LIST8 = 0xc0;
const LIST32 = 0xd0;
const SMALL_ULONG = 0x53;
const UINT = 0x70;
const BINARY8 = 0xa0;

export interface TransferFields {
  readonly channel: number;
  readonly handle: number;
  readonly deliveryId: number;
  readonly tag: Buffer;
  readonly settled: boolean;
}

/**
 * The frames of one delivery: a transfer each with all eleven fields [AMQP 2.7.5], and as much of the message as fits.
 * Written by hand, since it is what the hub sends most.
 */
export function encodeTransfers(fields: TransferFields, message: Buffer, maxFrameBytes: number): Buffer[] {
  const room = maxFrameBytes - TRANSFER_BYTES - fields.tag.length;
  if (message.length <= room) {
    return [encodeTransfer(fields, message, false)];
  }
  const frames: Buffer[] = [];
  for (let start = 0; start < message.length; start += room) {
    const part = message.subarray(start, start + room);
    frames.push(encodeTransfer(fields, part, start + room < message.length));
  }
  return frames;
}

function encodeTransfer(
  { channel, handle, deliveryId, tag, settled }: TransferFields,
  part: Buffer,
  more: boolean,
): Buffer {
  const head = TRANSFER_BYTES + tag.length;
  const frame = Buffer.allocUnsafe(head + part.length);
  frame.writeUInt32BE(frame.length, 0);
  frame.writeUInt32BE(0x02_00_00_00 + channel, 4);
  frame[8] = 0;
  frame[9] = SMALL_ULONG;
  frame[10] = PERFORMATIVE.transfer;
  frame[11] = LIST8;
  frame[12] = head - 13;
  frame[13] = 11;
  frame[14] = UINT;
  frame.writeUInt32BE(handle, 15);
  frame[19] = UINT;
  frame.writeUInt32BE(deliveryId, 20);
  frame[24] = BINARY8;
  frame[25] = tag.length;
  tag.copy(frame, 26);
  let at = 26 + tag.length;
  frame[at++] = UINT0;
  frame[at++] = settled ? TRUE : FALSE;
  frame[at++] = more ? TRUE : FALSE;
  frame[at++] = NULL;
  frame[at++] = NULL;
  frame[at++] = FALSE;
  frame[at++] = FALSE;
  frame[at++] = FALSE;
  part.copy(frame, at);
  return frame;
}

export interface DispositionFields {
  readonly channel: number;
  /** True: the hub received the deliveries; false: it sent them. */
  readonly receiver: boolean;
  readonly first: number;
  readonly last: number;
  /** Encoded delivery state. */
  readonly state: Buffer;
}

/** `accepted` [AMQP 3.4.2], encoded. */
export const ACCEPTED = Buffer.from([0, SMALL_ULONG, 0x24, LIST0]);
/** `released` [AMQP 3.4.4], encoded. */
export const RELEASED = Buffer.from([0, SMALL_ULONG, 0x26, LIST0]);

/** A disposition that settles a range of deliveries, all six fields written [AMQP 2.7.6]. */
export function encodeDisposition({ channel, receiver, first, last, state }: DispositionFields): Buffer {
  const frame = Buffer.allocUnsafe(33 + state.length);
  frame.writeUInt32BE(frame.length, 0);
  frame.writeUInt32BE(0x02_00_00_00 + channel, 4);
  frame[8] = 0;
  frame[9] = SMALL_ULONG;
  frame[10] = PERFORMATIVE.disposition;
  frame[11] = LIST32;
  frame.writeUInt32BE(frame.length - 16, 12);
  frame.writeUInt32BE(6, 16);
  frame[20] = receiver ? TRUE : FALSE;
  frame[21] = UINT;
  frame.writeUInt32BE(first, 22);
  frame[26] = UINT;
  frame.writeUInt32BE(last, 27);
  frame[31] = TRUE;
  state.copy(frame, 32);
  frame[32 + state.length] = FALSE;
  return frame;
}
