import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { amqpTypes, decodeValue, encodeValue } from '../engine/typed-values.js';
import { ProtocolViolation } from '../errors/protocol-violation.js';
import { FieldTable } from './field-table.js';
import { checkMessage } from './message-structure.js';
import { endOfValue } from './structure.js';

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.double().map((number) => amqpTypes.wrap_double(number)),
    fc.string({ maxLength: 300 }),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc.integer().map((number) => amqpTypes.wrap_long(number)),
    fc.string({ maxLength: 20 }).map((text) => amqpTypes.wrap_symbol(text)),
    fc.array(fc.integer(), { maxLength: 5 }).map((numbers) => amqpTypes.wrap_array(numbers, 0x71, undefined)),
    fc.array(fc.constant('x'), { maxLength: 5 }).map((texts) => amqpTypes.wrap_array(texts, 0xa1, undefined)),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.array(fc.tuple(fc.string({ maxLength: 5 }), tie('value')), { maxLength: 4 }).map((pairs) => new Map(pairs)),
    tie('value').map((inner) => amqpTypes.wrap_described(inner, 0x70)),
  ),
}));

describe('endOfValue', () => {
  it('finds the end of every value that a client encodes', () => {
    fc.assert(
      fc.property(value, (plain) => {
        const bytes = encodeValue(amqpTypes.wrap(plain));
        expect(endOfValue(Buffer.concat([bytes, Buffer.from([1, 2, 3])]), 0, bytes.length + 3)).toBe(bytes.length);
      }),
    );
  });

  it('lets nothing pass that cannot be decoded, and fails in no way but its own', () => {
    const mutated = fc
      .tuple(value, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 3 }))
      .map(([plain, changes]) => {
        const bytes = Buffer.from(encodeValue(amqpTypes.wrap(plain)));
        for (const [at, byte] of changes) {
          bytes[at % bytes.length] = byte;
        }
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 200 }).map(Buffer.from)), (bytes) => {
        const end = violationOr(() => endOfValue(bytes, 0, bytes.length));
        if (end !== undefined) {
          decodeValue(bytes.subarray(0, end));
        }
        violationOr(() => new FieldTable().read(bytes, 0, bytes.length));
        violationOr(() => checkMessage(bytes));
      }),
      { numRuns: 2_000 },
    );
  });
});

function violationOr<T>(check: () => T): T | undefined {
  try {
    return check();
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolViolation);
    return undefined;
  }
}
