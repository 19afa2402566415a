import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkedCall, MAX_PAYLOAD_BYTES } from './method-call.js';

const CALL = { key: { deviceId: 'd', moduleId: '' }, methodName: 'reboot' };

describe('checkedCall', () => {
  it.each([
    ['no name', { methodName: '' }],
    ['a name that is too long', { methodName: 'x'.repeat(101) }],
    ['a name of two topic levels', { methodName: 'a/b' }],
    ['a name with a wildcard', { methodName: '#' }],
    ['another', { methodName: 'a+' }],
    ['a name with a NUL', { methodName: 'a\0' }],
    ['a name with half a character', { methodName: 'a\ud800' }],
    ['too little time for the device', { responseTimeoutMs: 4_999 }],
    ['too much', { responseTimeoutMs: 300_001 }],
    ['no time that is one', { responseTimeoutMs: Number.NaN }],
    ['a wait into the past', { connectTimeoutMs: -1 }],
    ['an endless wait', { connectTimeoutMs: Number.POSITIVE_INFINITY }],
  ])('refuses %s', (_case, parts) => {
    expect(() => checkedCall({ ...CALL, ...parts })).toThrow(expect.objectContaining({ code: 400004 }));
  });

  it('counts the bytes of a payload', () => {
    const fits = `"${'ä'.repeat(MAX_PAYLOAD_BYTES / 2 - 1)}"`;
    expect(checkedCall({ ...CALL, payload: fits }).payload).toEqual(Buffer.from(fits));
    expect(() => checkedCall({ ...CALL, payload: `${fits} ` })).toThrow(expect.objectContaining({ code: 413001 }));
  });

  it('takes a name only if it is one level of a topic, as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 120 }), (methodName) => {
        const isLevel = methodName.length <= 100 && !/[/+#]|\p{Cc}|\p{Cs}/u.test(methodName);
        if (isLevel) {
          expect(checkedCall({ ...CALL, methodName }).methodName).toBe(methodName);
        } else {
          expect(() => checkedCall({ ...CALL, methodName })).toThrow(expect.objectContaining({ code: 400004 }));
        }
      }),
    );
  });
});
