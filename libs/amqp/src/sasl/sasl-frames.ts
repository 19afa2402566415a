import { ProtocolViolation } from '../errors/protocol-violation.js';
import { FRAME_TYPE } from '../frames/frame-reader.js';
import { FieldTable } from '../guard/field-table.js';

const SASL_MECHANISMS = 0x40;
const SASL_INIT = 0x41;
const SASL_OUTCOME = 0x44;
const MAX_MECHANISM_BYTES = 64;

/** Outcomes of an exchange [AMQP 5.3.3.6]. */
export const SASL_CODE = { ok: 0, auth: 1, system: 2 } as const;

export interface SaslInit {
  readonly mechanism: string;
  readonly response: Buffer;
}

/** The mechanisms offered: an array of symbols. */
export function encodeMechanisms(mechanisms: readonly string[]): Buffer {
  const items = mechanisms.map((name) => Buffer.concat([Buffer.from([name.length]), Buffer.from(name, 'latin1')]));
  const symbols = Buffer.concat([Buffer.from([mechanisms.length, 0xa3]), ...items]);
  const array = Buffer.concat([Buffer.from([0xe0, symbols.length]), symbols]);
  return encodeSaslFrame(SASL_MECHANISMS, [array]);
}

/** The end of an exchange; an additional-data field is written too, as Python's clients look for it. */
export function encodeOutcome(code: number): Buffer {
  return encodeSaslFrame(SASL_OUTCOME, [Buffer.from([0x50, code]), Buffer.from([0x40])]);
}

/** @throws ProtocolViolation unless the frame is a well-formed sasl-init */
export function readInit(frame: Buffer): SaslInit {
  const fields = new FieldTable();
  fields.read(frame, frame.readUInt8(4) * 4, frame.length);
  const mechanism = fields.bytesOf(0);
  if (
    (fields.descriptor !== SASL_INIT && fields.descriptor !== 'amqp:sasl-init:list') ||
    fields.end !== frame.length ||
    mechanism === undefined ||
    mechanism.length > MAX_MECHANISM_BYTES
  ) {
    throw new ProtocolViolation('sasl', 'A sasl-init was expected.', 'amqp:decode-error');
  }
  return { mechanism: mechanism.toString('latin1'), response: fields.bytesOf(1) ?? Buffer.alloc(0) };
}

function encodeSaslFrame(descriptor: number, fields: readonly Buffer[]): Buffer {
  const body = Buffer.concat(fields);
  const list = Buffer.concat([Buffer.from([0xc0, body.length + 1, fields.length]), body]);
  const head = Buffer.from([0, 0, 0, 0, 2, FRAME_TYPE.sasl, 0, 0, 0, 0x53, descriptor]);
  const frame = Buffer.concat([head, list]);
  frame.writeUInt32BE(frame.length, 0);
  return frame;
}
