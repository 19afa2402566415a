import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { lockTokenFromText, lockTokenToText } from './lock-token.js';

describe('a lock token', () => {
  it('is the same after it was text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        const text = lockTokenToText(Buffer.from(bytes));
        expect(text).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
        expect(lockTokenFromText(text)).toEqual(Buffer.from(bytes));
        expect(lockTokenFromText(text.toUpperCase().replaceAll('-', ''))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('is no lock if it is malformed', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constant('0'.repeat(31))), (text) => {
        expect(() => lockTokenFromText(text)).toThrow(expect.objectContaining({ code: 412002 }));
      }),
    );
  });
});
