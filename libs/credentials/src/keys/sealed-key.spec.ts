import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { keyEncryptionKey, openKey, SealError, type SealFailure, sealKey } from './sealed-key.js';

const KEK = keyEncryptionKey(Buffer.alloc(32, 7));
const OTHER = keyEncryptionKey(Buffer.alloc(32, 8));
const PLAIN = 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';

function failure(sealed: string, kek = KEK, owner = 'd1/1'): SealFailure | undefined {
  try {
    openKey(sealed, kek, owner);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(SealError);
    expect(String(error)).not.toContain(PLAIN);
    return error instanceof SealError ? error.reason : undefined;
  }
}

describe('sealed keys', () => {
  it('open to what was sealed, for any text and owner', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (plain, owner) => {
        expect(openKey(sealKey(plain, KEK, owner), KEK, owner)).toBe(plain);
      }),
    );
  });

  it('name their version and the key that sealed them, and never look alike', () => {
    const sealed = sealKey(PLAIN, KEK, 'd1/1');
    expect(sealed.startsWith(`v1.${KEK.id}.`)).toBe(true);
    expect(sealKey(PLAIN, KEK, 'd1/1')).not.toBe(sealed);
  });

  it('say so where another key-encryption key is configured, and name both by id', () => {
    const sealed = sealKey(PLAIN, OTHER, 'd1/1');
    expect(failure(sealed)).toBe('other-key');
    expect(() => openKey(sealed, KEK, 'd1/1')).toThrow(new RegExp(`${OTHER.id}.*${KEK.id}`));
  });

  it('do not open for another owner', () => {
    expect(failure(sealKey(PLAIN, KEK, 'd1/1'), KEK, 'd2/1')).toBe('altered');
  });

  it('do not open when any character is another', () => {
    const sealed = sealKey(PLAIN, KEK, 'd1/1');
    for (let at = 0; at < sealed.length; at++) {
      const changed = sealed.slice(0, at) + (sealed[at] === '0' ? '1' : '0') + sealed.slice(at + 1);
      expect(failure(changed)).toBeDefined();
    }
  });

  it.each([
    ['', 'malformed'],
    [PLAIN, 'malformed'],
    [`v1.${KEK.id}.AAAA`, 'malformed'],
    [`v2.${KEK.id}.AAAA`, 'unknown-version'],
  ])('tell what is wrong with %j: %s', (sealed, reason) => {
    expect(failure(sealed)).toBe(reason);
  });

  it('take no key-encryption key of another length', () => {
    expect(() => keyEncryptionKey(Buffer.alloc(16))).toThrow(RangeError);
  });
});
