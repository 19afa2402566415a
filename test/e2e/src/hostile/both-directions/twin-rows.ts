import type { HttpError } from '../../support/http-error.js';
import { DEEP, INVALID, TOO_LARGE } from './attacks.js';

/** What stands in the place of a section of a twin, as JSON text or what pretends to be. */
export type SectionRow = readonly [what: string, error: HttpError, section: () => string];

const text = (value: unknown) => () => JSON.stringify(value);
const lists = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
/** Within the limits of each, and together more than any section may have. */
const manyStrings = () =>
  JSON.stringify(Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`k${at}`, 'x'.repeat(4_000)])));

/** Over one limit each, whichever section it is. */
export const BAD_SECTIONS: readonly SectionRow[] = [
  ['more bytes than a section may have', TOO_LARGE, manyStrings],
  ['more numbers than a section may have', TOO_LARGE, text({ a: Array.from({ length: 5_000 }, (_, at) => at) })],
  ['more nulls in lists than a section may have', TOO_LARGE, text({ a: new Array(9_000).fill(null) })],
  ['a key of 1,025 bytes', INVALID, text({ ['k'.repeat(1_025)]: 1 })],
  ['a key of 1,026 bytes that are 342 characters', INVALID, text({ ['€'.repeat(342)]: 1 })],
  ['a string of 4,097 bytes', INVALID, text({ a: 'x'.repeat(4_097) })],
  ['a string of 4,098 bytes that are 1,366 characters', INVALID, text({ a: '€'.repeat(1_366) })],
  ['a string of 4,097 bytes in a list', INVALID, text({ a: ['x'.repeat(4_097)] })],
  ['objects nested 11 deep', INVALID, () => objects(12)],
  ['lists nested 11 deep', INVALID, () => `{"a":${lists(11)}}`],
  ['lists nested 100,000 deep', INVALID, () => `{"a":${lists(DEEP)}}`],
  ['objects nested 40,000 deep', INVALID, () => objects(40_000)],
  ['an empty key', INVALID, text({ '': 1 })],
  ['a key $where', INVALID, text({ $where: 'sleep(1000)' })],
  ['a key $set within', INVALID, text({ a: { $set: { b: 1 } } })],
  ['a key $version within', INVALID, text({ a: { $version: 1 } })],
  ['a key with a dollar sign within', INVALID, text({ a$b: 1 })],
  ['a key with a dot', INVALID, text({ 'a.b': 1 })],
  ['a key with a space', INVALID, text({ 'a b': 1 })],
  ['a key with NUL', INVALID, text({ 'a\0': 1 })],
  ['a key with DEL', INVALID, text({ 'a\u007f': 1 })],
  ['a key with a control character of C1', INVALID, text({ 'a\u0085': 1 })],
  ['a key with half a surrogate pair', INVALID, () => '{"\\ud800":1}'],
  ['a string with half a surrogate pair', INVALID, () => '{"a":"\\udfff"}'],
  ['a key that is bad in an object in a list', INVALID, text({ a: [{ 'b.c': 1 }] })],
  ['2^52', INVALID, text({ a: 2 ** 52 })],
  ['-2^52-1', INVALID, text({ a: -(2 ** 52) - 1 })],
  ['1e999', INVALID, () => '{"a":1e999}'],
  ['-1e999', INVALID, () => '{"a":-1e999}'],
  ['a number of 20,000 digits', INVALID, () => `{"a":${'9'.repeat(20_000)}}`],
  ['a list in its place', INVALID, () => '[]'],
  ['a string in its place', INVALID, () => '"x"'],
  ['a number in its place', INVALID, () => '1'],
  ['what is not JSON', INVALID, () => "{'a':1}"],
  ['NaN', INVALID, () => '{"a":NaN}'],
  ['JSON that is cut off', INVALID, () => '{"a":'],
  ['two documents', INVALID, () => '{}{}'],
  ['a comma too many', INVALID, () => '{"a":1,}'],
];

/** Odd, and taken. What a twin holds of it under `odd`. */
export const ODD_SECTIONS: readonly (readonly [what: string, section: string, kept: string])[] = [
  ['a key __proto__', '{"odd":{"__proto__":{"polluted":true}}}', '{"__proto__":{"polluted":true}}'],
  ['a key __proto__ that is escaped', '{"odd":{"\\u005f_proto__":1}}', '{"__proto__":1}'],
  [
    'a key constructor.prototype',
    '{"odd":{"constructor":{"prototype":{"polluted":true}}}}',
    '{"constructor":{"prototype":{"polluted":true}}}',
  ],
  [
    'keys that every object has',
    '{"odd":{"toString":1,"hasOwnProperty":2,"valueOf":3}}',
    '{"toString":1,"hasOwnProperty":2,"valueOf":3}',
  ],
  ['a key twice', '{"odd":{"a":1,"a":2}}', '{"a":2}'],
  ['the largest and the least number', `{"odd":[${2 ** 52 - 1},${-(2 ** 52)}]}`, `[${2 ** 52 - 1},${-(2 ** 52)}]`],
  ['a number that is nearly none', '{"odd":1e-999}', '0'],
];
