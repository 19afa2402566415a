import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Keys } from './keys.js';

const keys = new Keys('mooring');

/** What Redis Cluster hashes: between the first `{` and the next `}`, or all where that is empty. */
function hashed(key: string): string {
  const [, tag] = /\{([^}]*)\}/s.exec(key) ?? [];
  return tag === undefined || tag === '' ? key : tag;
}

const device = fc
  .string({
    unit: fc.oneof(fc.constantFrom('{', '}', '%', ':', '7', 'B'), fc.string({ unit: 'binary', maxLength: 1 })),
  })
  .map((text) => text.replaceAll('/', ''))
  .filter((text) => text !== '');
const module = fc.string({
  unit: fc.oneof(fc.constantFrom('{', '}', '/'), fc.string({ unit: 'binary', maxLength: 1 })),
});

describe('Keys', () => {
  it('are spelt as operators know them', () => {
    expect([keys.holder('d1'), keys.holder('d1/m1'), keys.lease('e1')]).toEqual([
      'mooring:{d1}:holder',
      'mooring:{d1}:holder/m1',
      'mooring:edge:e1',
    ]);
  });

  it('put a device and its modules into one slot, whatever the ids contain', () => {
    fc.assert(
      fc.property(device, module, (id, name) => {
        expect(hashed(keys.holder(`${id}/${name}`))).toBe(hashed(keys.holder(id)));
      }),
    );
  });

  it('are different for different identities', () => {
    fc.assert(
      fc.property(device, device, module, module, (one, two, first, second) => {
        fc.pre(one !== two || first !== second);
        expect(keys.holder(`${one}/${first}`)).not.toBe(keys.holder(`${two}/${second}`));
        expect(keys.holder(one)).not.toBe(keys.holder(`${two}/${second}`));
      }),
    );
  });

  it('take no prefix that would decide the slot', () => {
    for (const prefix of ['', '{', 'a}', '{a}']) {
      expect(() => new Keys(prefix)).toThrow(RangeError);
    }
  });
});
