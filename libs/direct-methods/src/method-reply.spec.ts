import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { replyFrom } from './method-reply.js';

describe('replyFrom', () => {
  it('gives JSON text as it came', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom('', ' ', '\n'), (json, space) => {
        const text = `${space}${json}${space}`;
        expect(replyFrom({ status: 1, payload: Buffer.from(text) })).toEqual({ status: 1, payload: text });
      }),
    );
  });

  it('refuses whatever is not JSON, and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), (bytes) => {
        try {
          const { payload } = replyFrom({ status: 200, payload: Buffer.from(bytes) });
          expect(Buffer.from(payload)).toEqual(Buffer.from(bytes));
          JSON.parse(payload);
        } catch (error) {
          expect(error).toMatchObject({ code: 502000 });
        }
      }),
    );
  });

  it('survives the deepest text that fits', () => {
    const deep = Buffer.from('['.repeat(65_536) + ']'.repeat(65_536));
    expect(replyFrom({ status: 200, payload: deep }).payload).toHaveLength(131_072);
  });
});
