import { describe, expect, it } from '@jest/globals';
import { isHubError } from '@mooring/errors';
import fc from 'fast-check';
import { newTwinForTests } from '../testing/twins.js';
import { applyReported, readReported } from './patch-reported.js';
import { treeJson } from './section-json.js';
import { sectionSize } from './section-size.js';
import { twinJson } from './twin-json.js';
import { applyUpdate, readUpdate } from './update-twin.js';

const TIME = Date.UTC(2026, 0, 1);

function nested(depth: number): string {
  return `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
}

function failure(action: () => unknown): string {
  try {
    action();
    return 'ok';
  } catch (error) {
    return isHubError(error) ? `${error.error}: ${error.message}` : `${error}`;
  }
}

function reading(document: unknown): string {
  return failure(() => readReported(Buffer.from(typeof document === 'string' ? document : JSON.stringify(document))));
}

function reporting(document: unknown): string {
  const patch = readReported(Buffer.from(JSON.stringify(document)));
  return failure(() => applyReported(newTwinForTests(), patch, { ifVersion: 0, time: TIME }));
}

describe('a patch', () => {
  it.each([
    ['{', 'ArgumentInvalid: The document is no JSON.'],
    ['', 'ArgumentInvalid: The document is no JSON.'],
    ['null', 'ArgumentInvalid: The document must be a JSON object.'],
    ['[]', 'ArgumentInvalid: The document must be a JSON object.'],
    ['1', 'ArgumentInvalid: The document must be a JSON object.'],
    [{ a: { $b: 1 } }, "ArgumentInvalid: properties.reported.a.\"$b\" has a key with '.', '$' or a space."],
    [{ 'a.b': 1 }, "ArgumentInvalid: properties.reported.\"a.b\" has a key with '.', '$' or a space."],
    [{ 'a b': 1 }, "ArgumentInvalid: properties.reported.\"a b\" has a key with '.', '$' or a space."],
    [{ 'a\u0007': 1 }, 'ArgumentInvalid: properties.reported."a\\u0007" has a key with a control character.'],
    [{ 'a\u0085': 1 }, 'ArgumentInvalid: properties.reported."a\u0085" has a key with a control character.'],
    [{ '': 1 }, 'ArgumentInvalid: properties.reported."" has an empty key.'],
    ['{"\\ud800":1}', 'ArgumentInvalid: properties.reported."\\ud800" has a key that is no well-formed Unicode.'],
    ['{"a":"\\ud800"}', 'ArgumentInvalid: properties.reported.a is a string that is no well-formed Unicode.'],
    [{ a: [0, { b: 2 ** 52 }] }, /properties\.reported\.a\[1\]\.b is a number outside/],
    [{ a: -(2 ** 52) - 1 }, /properties\.reported\.a is a number outside/],
    ['{"a":1e400}', /properties\.reported\.a is a number outside/],
    [{ a: 'é'.repeat(2_049) }, /properties\.reported\.a is a string of more than 4096 bytes/],
    [{ ['k'.repeat(1_025)]: 1 }, /has a key of more than 1024 bytes/],
    [nested(12), /lies deeper than 10 levels/],
    [`{"a":${'['.repeat(11)}${']'.repeat(11)}}`, /lies deeper than 10 levels/],
    [`{"a":${'['.repeat(100_000)}`, 'ArgumentInvalid: The document is no JSON.'],
    [`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, /lies deeper than 10 levels/],
    [`{"a":"${'x'.repeat(262_144)}"}`, /MessageTooLarge: The document has/],
  ])('is refused: %.60j', (document, expected) => {
    expect(reading(document)).toMatch(expected);
  });

  it.each([
    [{ a: 2 ** 52 - 1, b: -(2 ** 52), c: 0.1, d: '\u0000 $.', e: [[], {}, null, [1]], f: {} }],
    [{ ['k'.repeat(1_024)]: 'é'.repeat(2_048) }],
    [nested(11)],
    [{ $version: 7, $metadata: { $lastUpdated: 'never' } }],
  ])('is taken: %.60j', (document) => {
    expect(reading(document)).toBe('ok');
  });

  it('that is no UTF-8 is refused', () => {
    expect(failure(() => readReported(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])))).toMatch('no UTF-8');
  });

  it('keeps names that JavaScript knows as they are', () => {
    const text = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"x":2}},"_":3,"__":4,"a":[{"__proto__":5}]}';
    const patch = readReported(Buffer.from(text));
    expect(treeJson(patch)).toBe(text);
    const twin = applyReported(newTwinForTests(), patch, { ifVersion: 0, time: TIME });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(twinJson(twin)).toContain('"__proto__":{"polluted":1}');
    const more = applyReported(twin, readReported(Buffer.from('{"__proto__":{"polluted":null,"b":1}}')), {
      ifVersion: 0,
      time: TIME,
    });
    expect(treeJson(more.reported)).toContain('"__proto__":{"b":1}');
    expect(more.reportedMetadata).toContain('"__proto__":{"$lastUpdated"');
  });

  it('of any text is taken or refused in the hub’s own words', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json({ maxDepth: 14 }), fc.string()), (text) => {
        expect(reading(text)).toMatch(/^(ok|ArgumentInvalid|MessageTooLarge)/);
        expect(failure(() => readUpdate(Buffer.from(`{"tags":${text}}`), false))).toMatch(/^(ok|ArgumentInvalid)/);
      }),
    );
  });
});

describe('the size of a section', () => {
  it('counts keys and strings in bytes, numbers 8, booleans 4, and everything within arrays', () => {
    const patch = readReported(Buffer.from('{"é":"ü","_b":1,"c":{"d":true},"e":[1,"x",null,[],{}]}'));
    expect(sectionSize(patch)).toBe(2 + 2 + (2 + 8) + (1 + 1 + 4) + (1 + 8 + 1 + 4 + 4 + 4));
  });

  it.each([
    ['properties.reported', 32, (document: object) => reporting(document)],
    ['tags', 8, (tags: object) => updating({ tags })],
    ['properties.desired', 32, (desired: object) => updating({ properties: { desired } })],
  ])('of %s has a limit of %i KB, after the merge', (name, limit, apply) => {
    const strings = Array.from({ length: limit / 4 }, (_, index): [string, string] => [
      String.fromCharCode(97 + index),
      'x'.repeat(4_095),
    ]);
    expect(apply(Object.fromEntries(strings))).toBe('ok');
    const over = `MessageTooLarge: ${name} would have ${limit * 1_024 + 9} bytes; it may have ${limit * 1_024}.`;
    expect(apply({ ...Object.fromEntries(strings), z: 1 })).toBe(over);
  });
});

function updating(document: object): string {
  const update = readUpdate(Buffer.from(JSON.stringify(document)), false);
  return failure(() => applyUpdate(newTwinForTests(), update, TIME));
}

describe('an update', () => {
  it.each([
    [{ properties: [] }, 'ArgumentInvalid: properties must be an object.'],
    [{ tags: 1 }, 'ArgumentInvalid: tags must be an object.'],
    [{ properties: { desired: 'x' } }, 'ArgumentInvalid: properties.desired must be an object.'],
    [{ tags: { $a: 1 } }, /tags/],
    [{}, 'ok'],
    [{ properties: null, tags: null }, 'ok'],
    [{ properties: { reported: { $x: 'left out' } } }, 'ok'],
  ])('%j: %s', (document, expected) => {
    expect(failure(() => readUpdate(Buffer.from(JSON.stringify(document)), false))).toMatch(expected);
  });
});
