import { isUtf8 } from 'node:buffer';
import { ProtocolViolation } from '../errors/protocol-violation.js';
import { PERFORMATIVE, type PerformativeCode } from '../frames/performative.js';
import type { FieldTable } from './field-table.js';

const DESCRIBED = 0x00;
const NULL = 0x40;
const NOTHING = Buffer.alloc(0);
const MAX_TEXT_BYTES = 1_024;

const KINDS = {
  boolean: [0x41, 0x42, 0x56],
  ubyte: [0x50],
  ushort: [0x60],
  uint: [0x43, 0x52, 0x70],
  ulong: [0x44, 0x53, 0x80],
  binary: [0xa0, 0xb0],
  text: [0xa1, 0xb1, 0xa3, 0xb3],
  /** One symbol or an array of them; a list of them is taken from clients that write it so. */
  symbols: [0xa3, 0xb3, 0xe0, 0xf0, 0x45, 0xc0, 0xd0],
  map: [0xc1, 0xd1],
  described: [DESCRIBED],
} as const;

interface FieldSchema {
  readonly codes: ReadonlySet<number>;
  readonly mandatory: boolean;
  /** Whether its bytes must be UTF-8. */
  readonly text: boolean;
}

/** A trailing `!` marks a mandatory field. */
function fields(...kinds: readonly (keyof typeof KINDS | `${keyof typeof KINDS}!`)[]): readonly FieldSchema[] {
  return kinds.map((kind) => ({
    codes: new Set<number>(KINDS[kind.replace('!', '') as keyof typeof KINDS]),
    mandatory: kind.endsWith('!'),
    text: kind.startsWith('text'),
  }));
}

/** Types of the fields of each performative [AMQP 2.7]. */
const SCHEMAS: Readonly<Record<PerformativeCode, readonly FieldSchema[]>> = {
  [PERFORMATIVE.open]: fields(
    'text!',
    'text',
    'uint',
    'ushort',
    'uint',
    'symbols',
    'symbols',
    'symbols',
    'symbols',
    'map',
  ),
  [PERFORMATIVE.begin]: fields('ushort', 'uint!', 'uint!', 'uint!', 'uint', 'symbols', 'symbols', 'map'),
  [PERFORMATIVE.attach]: fields(
    'text!',
    'uint!',
    'boolean!',
    'ubyte',
    'ubyte',
    'described',
    'described',
    'map',
    'boolean',
    'uint',
    'ulong',
    'symbols',
    'symbols',
    'map',
  ),
  [PERFORMATIVE.flow]: fields(
    'uint',
    'uint!',
    'uint!',
    'uint!',
    'uint',
    'uint',
    'uint',
    'uint',
    'boolean',
    'boolean',
    'map',
  ),
  [PERFORMATIVE.transfer]: fields(
    'uint!',
    'uint',
    'binary',
    'uint',
    'boolean',
    'boolean',
    'ubyte',
    'described',
    'boolean',
    'boolean',
    'boolean',
  ),
  [PERFORMATIVE.disposition]: fields('boolean!', 'uint!', 'uint', 'boolean', 'described', 'boolean'),
  [PERFORMATIVE.detach]: fields('uint!', 'boolean', 'described'),
  [PERFORMATIVE.end]: fields('described'),
  [PERFORMATIVE.close]: fields('described'),
};

const NAMES = new Map<string, PerformativeCode>(
  Object.entries(PERFORMATIVE).map(([name, code]) => [`amqp:${name}:list`, code]),
);

/**
 * Tells which performative a table holds and checks its fields' types, so that nothing later meets a value that it does not
 * expect.
 *
 * @throws ProtocolViolation
 */
export function checkPerformative(table: FieldTable): PerformativeCode {
  const code = typeof table.descriptor === 'string' ? NAMES.get(table.descriptor) : table.descriptor;
  const schema = code === undefined ? undefined : SCHEMAS[code as PerformativeCode];
  if (schema === undefined) {
    throw new ProtocolViolation('field', 'The frame holds no performative that is known.', 'amqp:not-implemented');
  }
  if (table.count > schema.length) {
    throw invalidField('A performative has too many fields.');
  }
  for (let field = 0; field < schema.length; field++) {
    const rule = schema[field];
    const type = table.code(field);
    if (type === NULL ? rule?.mandatory : !rule?.codes.has(type)) {
      throw invalidField('A field of a performative is missing or has another type than it must have.');
    }
    if (rule?.text) {
      checkText(table.bytesOf(field) ?? NOTHING);
    }
  }
  return code as PerformativeCode;
}

/** Names are kept for as long as what they name: who has not said who it is must not make them large. */
function checkText(bytes: Buffer): void {
  if (!isUtf8(bytes)) {
    throw new ProtocolViolation('field', 'A text of a performative is no UTF-8.', 'amqp:decode-error');
  }
  if (bytes.length > MAX_TEXT_BYTES) {
    throw new ProtocolViolation('limit', 'A text of a performative is too long.', 'amqp:resource-limit-exceeded');
  }
}

function invalidField(message: string): ProtocolViolation {
  return new ProtocolViolation('field', message, 'amqp:invalid-field');
}
