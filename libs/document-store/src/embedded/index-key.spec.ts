import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeValue, indexKey, valuesEnd } from './index-key.js';
import { compareValues } from './value-order.js';

const value = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '\u0000', 'a\u0000', 'a', 'a'.repeat(300), `${'a'.repeat(255)}\u0000\u0000`),
  fc.double({ noNaN: true }),
  fc.integer(),
  fc.boolean(),
  fc.uint8Array({ maxLength: 20 }),
  fc.constant({ any: 'object' }),
);

describe('index keys', () => {
  it('order as the values do, and tell apart what they say they do', () => {
    fc.assert(
      fc.property(value, value, (left, right) => {
        const [a, b] = [encodeValue(left, 256), encodeValue(right, 256)];
        const byBytes = Math.sign(Buffer.compare(a.bytes, b.bytes));
        const byValue = Math.sign(compareValues(left, right));
        if (a.exact && b.exact) {
          expect(byBytes).toBe(byValue);
        } else {
          expect([byValue, 0]).toContain(byBytes);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('give back where the values end and the id begins', () => {
    const id = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(value, value, id, (a, b, name) => {
        const key = indexKey({ a, b } as never, name, [['a'], ['b']]) ?? Buffer.alloc(0);
        expect(key.subarray(valuesEnd(key, 2)).toString()).toBe(name);
        expect(key.length).toBeLessThan(1978);
      }),
    );
  });

  it('stay below the longest key of LMDB', () => {
    const nul = '\u0000'.repeat(2_000);
    const names = ['a', 'b', 'c', 'd'];
    const document = Object.fromEntries(names.map((name) => [name, nul]));
    for (let fields = 1; fields <= names.length; fields++) {
      const paths = names.slice(0, fields).map((name) => [name]);
      expect(indexKey(document, 'i'.repeat(1_024), paths)?.length).toBeLessThanOrEqual(1_978);
    }
  });

  it('leave out documents without the first field', () => {
    expect(indexKey({ b: 1 }, 'x', [['a'], ['b']])).toBeUndefined();
    expect(indexKey({ a: null }, 'x', [['a']])).toBeUndefined();
    expect(indexKey({ a: 1 }, 'x', [['a'], ['b']])).toBeDefined();
  });
});
