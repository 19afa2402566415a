import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkFilter, prefixOf, startsWith } from './filter.js';

describe('startsWith', () => {
  it('makes a pattern that matches its prefix literally, and is read back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (prefix, rest) => {
        const { $regex } = startsWith(prefix);
        expect(prefixOf($regex)).toBe(prefix);
        expect(new RegExp($regex).test(prefix + rest)).toBe(true);
        expect(new RegExp($regex).test(`x${prefix}`)).toBe(`x${prefix}`.startsWith(prefix));
      }),
    );
  });
});

describe('prefixOf', () => {
  it.each(['a', '^a.', '^a*', '^(a+)+$', '^a|b', '^[ab]', '^\\d', '^\\w', '^a$', '^\\', '^\\b'])(
    'refuses %s',
    (pattern) => {
      expect(prefixOf(pattern)).toBeUndefined();
    },
  );
});

describe('checkFilter', () => {
  it('ends on any input, with an error of its own', () => {
    fc.assert(
      fc.property(
        fc.object({ key: fc.constantFrom('$and', '$or', '$not', '$in', 'a', '$gt', 'a.b', '') }),
        (filter) => {
          try {
            checkFilter(filter);
          } catch (error) {
            expect(error).toMatchObject({ kind: 'invalid' });
          }
        },
      ),
    );
  });

  it('bounds depth', () => {
    let filter: Record<string, unknown> = { a: 1 };
    for (let depth = 0; depth < 10_000; depth++) {
      filter = { $and: [filter] };
    }
    expect(() => checkFilter(filter)).toThrow('limited depth');
  });
});
