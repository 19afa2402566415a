import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jsonMembers } from './json-members.js';

const space = fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r'), maxLength: 3 });

describe('jsonMembers', () => {
  it('gives each value as it was written, the last of a name', () => {
    const member = fc.tuple(fc.oneof(fc.constantFrom('payload', '__proto__', 'a"b\\'), fc.string()), fc.json());
    fc.assert(
      fc.property(fc.array(member, { maxLength: 8 }), space, (members, gap) => {
        const written = members.map(([name, json]) => `${gap}${JSON.stringify(name)}${gap}:${gap}${json}${gap}`);
        const { value, textOf } = jsonMembers(`${gap}{${written.join(',')}${gap}}${gap}`);
        const last = new Map(members);
        for (const [name, json] of last) {
          expect(textOf(name)).toBe(json.trim());
        }
        expect(Object.keys(value).length).toBe(last.size);
        expect(textOf(`${[...last.keys()].join('')}x`)).toBeUndefined();
      }),
    );
  });

  it.each([
    ['{"payload" : 1.50e+3 }', '1.50e+3'],
    ['{"payload":12345678901234567890}', '12345678901234567890'],
    ['{"payload":{ "b":1,"a":[ ] ,"\\"}":"]"},"x":1}', '{ "b":1,"a":[ ] ,"\\"}":"]"}'],
    ['{"pay\\u006coad":null}', 'null'],
    ['{"payload":"\\\\"}', '"\\\\"'],
    ['{"x":{"payload":1}}', undefined],
    [' {} ', undefined],
  ])('finds in %s the text %p', (text, expected) => {
    expect(jsonMembers(text).textOf('payload')).toBe(expected);
  });

  it.each([
    ['', 400012],
    ['{', 400012],
    ['{"a":1}}', 400012],
    ['[]', 400004],
    ['null', 400004],
    ['"x"', 400004],
  ])('refuses %s', (text, code) => {
    expect(() => jsonMembers(text)).toThrow(expect.objectContaining({ code }));
  });

  it('takes no longer than the text is, however deep', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(jsonMembers(`{"payload":${deep}}`).textOf('payload')).toBe(deep);
  });
});
