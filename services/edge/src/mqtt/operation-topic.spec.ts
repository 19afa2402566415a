import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readOperationParameters } from './operation-topic.js';
import { ProtocolError } from './protocol-error.js';

const read = (text: string) => readOperationParameters(text, 0);

describe('the parameters of an operation', () => {
  it.each([
    ['?$rid=1', { requestId: '1', version: 0 }],
    ['?$rid=a%20b=c', { requestId: 'a%20b=c', version: 0 }],
    ['?$rid=1&$version=7', { requestId: '1', version: 7 }],
    ['?$version=7&$rid=1', { requestId: '1', version: 7 }],
    ['?x=y&$rid=1&z', { requestId: '1', version: 0 }],
    ['?$rid=1&$rid=2', { requestId: '1', version: 0 }],
  ])('of %s are read', (text, parameters) => {
    expect(read(text)).toEqual(parameters);
  });

  it.each([
    [''],
    ['$rid=1'],
    ['?'],
    ['?$rid='],
    ['?rid=1'],
    ['/?$rid=1'],
    ['?$rid=1&$version='],
    ['?$rid=1&$version=-1'],
    ['?$rid=1&$version=1e3'],
    ['?$rid=1&$version=1234567890123456'],
    [`?$rid=${'1'.repeat(257)}`],
  ])('of %s are malformed', (text) => {
    expect(() => read(text)).toThrow(ProtocolError);
  });

  it('of any text are read or malformed, and a request id is what was written', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.constantFrom('?', '$rid=', '$version=', '&', '1', 'x', '=', '%')).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          const { requestId, version } = read(text);
          expect(text).toContain(`$rid=${requestId}`);
          expect(Number.isSafeInteger(version)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
    );
  });
});
