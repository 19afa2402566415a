import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { generateKey, isValidKey } from './symmetric-key.js';

describe('symmetric keys', () => {
  it('are generated with 32 bytes, each another one', () => {
    const keys = Array.from({ length: 20 }, generateKey);
    expect(new Set(keys).size).toBe(20);
    for (const key of keys) {
      expect(Buffer.from(key, 'base64')).toHaveLength(32);
      expect(isValidKey(key)).toBe(true);
    }
  });

  it('may have 16 to 64 bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(isValidKey(Buffer.from(bytes).toString('base64'))).toBe(bytes.length >= 16 && bytes.length <= 64);
      }),
    );
  });

  it.each([
    ['', 'nothing'],
    ['MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY', 'padding that is missing'],
    ['MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n', 'a line feed'],
    ['MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYm-_ZWY=', 'the URL alphabet'],
    [`=${'A'.repeat(43)}`, 'padding in front'],
  ])('must be base64: %j has %s', (text) => {
    expect(isValidKey(text)).toBe(false);
  });
});
