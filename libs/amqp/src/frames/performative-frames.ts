import { FALSE, NULL, string, TRUE, ubyte, uint, ulong, ushort } from './fields.js';
import { PERFORMATIVE, type PerformativeCode } from './performative.js';

/** Fields that each performative has [AMQP 2.7]. */
const FIELD_COUNTS = {
  [PERFORMATIVE.open]: 10,
  [PERFORMATIVE.begin]: 8,
  [PERFORMATIVE.attach]: 14,
  [PERFORMATIVE.flow]: 11,
  [PERFORMATIVE.transfer]: 11,
  [PERFORMATIVE.disposition]: 6,
  [PERFORMATIVE.detach]: 3,
  [PERFORMATIVE.end]: 1,
  [PERFORMATIVE.close]: 1,
} as const satisfies Record<PerformativeCode, number>;

/** An empty frame: it tells the peer that the connection lives [AMQP 2.4.5]. */
export const EMPTY_FRAME = Buffer.from([0, 0, 0, 8, 2, 0, 0, 0]);

const HEAD_BYTES = 20;

/**
 * A frame with all fields of its performative written out, trailing nulls included: Python's clients look fields up by
 * position and fail where a shorter list ends before.
 */
function encode(channel: number, code: PerformativeCode, fields: readonly Buffer[]): Buffer {
  const count = FIELD_COUNTS[code];
  const nulls = count - fields.length;
  const length = fields.reduce((sum, field) => sum + field.length, HEAD_BYTES + nulls);
  const frame = Buffer.allocUnsafe(length);
  frame.writeUInt32BE(length, 0);
  frame.writeUInt32BE(0x02_00_00_00 + channel, 4);
  frame.writeUInt32BE(0x00_53_00_d0 + code * 0x1_00, 8);
  frame.writeUInt32BE(length - 16, 12);
  frame.writeUInt32BE(count, 16);
  let at = HEAD_BYTES;
  for (const field of fields) {
    at += field.copy(frame, at);
  }
  frame.fill(NULL, at);
  return frame;
}

export interface OpenFields {
  readonly containerId: string;
  readonly maxFrameBytes: number;
  readonly channelMax: number;
  readonly idleTimeoutMs: number;
}

export function encodeOpen({ containerId, maxFrameBytes, channelMax, idleTimeoutMs }: OpenFields): Buffer {
  const limits = [uint(maxFrameBytes), ushort(channelMax), uint(idleTimeoutMs)];
  return encode(0, PERFORMATIVE.open, [string(containerId), NULL, ...limits]);
}

export interface BeginFields {
  readonly nextOutgoingId: number;
  readonly incomingWindow: number;
  readonly outgoingWindow: number;
  readonly handleMax: number;
}

/** Answers the peer's begin on the same channel. */
export function encodeBegin(channel: number, fields: BeginFields): Buffer {
  const windows = [uint(fields.nextOutgoingId), uint(fields.incomingWindow), uint(fields.outgoingWindow)];
  return encode(channel, PERFORMATIVE.begin, [ushort(channel), ...windows, uint(fields.handleMax)]);
}

export interface AttachFields {
  readonly name: string;
  readonly handle: number;
  /** Whether the hub receives on the link. */
  readonly receiver: boolean;
  readonly senderSettleMode: number;
  readonly receiverSettleMode: number;
  /** Encoded, as are the properties; undefined: none. */
  readonly source: Buffer | undefined;
  readonly target: Buffer | undefined;
  readonly properties: Buffer | undefined;
  readonly maxMessageBytes: number | undefined;
}

export function encodeAttach(channel: number, fields: AttachFields): Buffer {
  const { receiver, maxMessageBytes } = fields;
  return encode(channel, PERFORMATIVE.attach, [
    string(fields.name),
    uint(fields.handle),
    receiver ? TRUE : FALSE,
    ubyte(fields.senderSettleMode),
    ubyte(fields.receiverSettleMode),
    fields.source ?? NULL,
    fields.target ?? NULL,
    NULL,
    NULL,
    receiver ? NULL : uint(0),
    maxMessageBytes === undefined ? NULL : ulong(maxMessageBytes),
    NULL,
    NULL,
    fields.properties ?? NULL,
  ]);
}

/** State of a session as its flows tell it [AMQP 2.5.6]. */
export interface SessionFlow {
  readonly nextIncomingId: number;
  readonly incomingWindow: number;
  readonly nextOutgoingId: number;
  readonly outgoingWindow: number;
}

export interface LinkFlow {
  readonly handle: number;
  readonly deliveryCount: number;
  readonly credit: number;
  readonly drain: boolean;
}

/** @param link undefined: the flow is of the session alone */
export function encodeFlow(channel: number, session: SessionFlow, link: LinkFlow | undefined): Buffer {
  const ofLink =
    link === undefined
      ? []
      : [uint(link.handle), uint(link.deliveryCount), uint(link.credit), NULL, link.drain ? TRUE : FALSE];
  return encode(channel, PERFORMATIVE.flow, [
    uint(session.nextIncomingId),
    uint(session.incomingWindow),
    uint(session.nextOutgoingId),
    uint(session.outgoingWindow),
    ...ofLink,
  ]);
}

/** @param error encoded; undefined: none */
export function encodeDetach(channel: number, handle: number, error: Buffer | undefined): Buffer {
  return encode(channel, PERFORMATIVE.detach, [uint(handle), TRUE, error ?? NULL]);
}

/** @param error encoded; undefined: none */
export function encodeEnd(channel: number, error: Buffer | undefined): Buffer {
  return encode(channel, PERFORMATIVE.end, [error ?? NULL]);
}

/** @param error encoded; undefined: none */
export function encodeClose(error: Buffer | undefined): Buffer {
  return encode(0, PERFORMATIVE.close, [error ?? NULL]);
}
