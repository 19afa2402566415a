import { describe, expect, it } from '@jest/globals';
import { isValidDeviceId, isValidModuleId } from './identity-id.js';

const ALLOWED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-:.+%_#*?!(),=@$'";

describe.each([
  ['device', isValidDeviceId],
  ['module', isValidModuleId],
])('the id of a %s', (_, isValid) => {
  it('takes exactly the characters of its set', () => {
    for (let code = 0; code < 0x3000; code++) {
      const char = String.fromCharCode(code);
      expect([char, isValid(`a${char}`)]).toEqual([char, ALLOWED.includes(char)]);
    }
  });

  it('has 1 to 128 characters', () => {
    expect([0, 1, 128, 129].map((length) => isValid('x'.repeat(length)))).toEqual([false, true, true, false]);
  });

  it('may end in no line feed, be what JavaScript objects inherit, and be $edgeAgent', () => {
    expect(isValid('d1\n')).toBe(false);
    expect(isValid('__proto__')).toBe(true);
    expect(isValid('$edgeAgent')).toBe(true);
    expect(isValid('..')).toBe(true);
  });
});
