import { describe, expect, it } from '@jest/globals';
import { parseCondition } from '../language/query-parser.js';
import { evaluate } from './evaluate.js';
import { valueAt } from './values.js';

const document = {
  n: 5,
  s: 'abc',
  t: true,
  f: false,
  z: null,
  o: { x: 1, 'a b': 2, in: 3 },
  list: ['abc', 5],
  emoji: '😀',
};

function resultOf(text: string): unknown {
  const condition = parseCondition(text);
  return condition && evaluate(condition, (names) => valueAt(document, names));
}

describe('evaluate', () => {
  it.each([
    ["s = 'abc'", true],
    ["s != 'abc'", false],
    ["s <> 'x'", true],
    ["s = 'ABC'", false],
    ['n >= 5 and n < 5.5', true],
    ['5 <= n', true],
    ["s > 'abb'", true],
    ["emoji > '\uffee'", true],
    ['n + 1 * 2 = 7', true],
    ['(n + 1) * 2 = 12', true],
    ['n % 2 = 1', true],
    ['-n = -5', true],
    ['n - -1 = 6', true],
    ['n / 0 = 1', undefined],
    ['n = 0x5', true],
    ['s + 1 = 2', undefined],
    ["o.x = 1 AND o['a b'] = 2 AND o.[[a b]] = 2 AND o.in = 3", true],
  ])('%s is %p', (text, expected) => {
    expect(resultOf(text)).toBe(expected);
  });

  it.each([
    ["n = '5'", undefined],
    ["n != '5'", undefined],
    ["NOT n = '5'", undefined],
    ['missing = 1', undefined],
    ['NOT missing = 1', undefined],
    ['missing != 1', undefined],
    ['missing = null', undefined],
    ['undefined = undefined', undefined],
    ['missing = 1 OR n = 5', true],
    ['missing = 1 OR n = 6', undefined],
    ['missing = 1 AND n = 6', false],
    ['missing = 1 AND n = 5', undefined],
    ['NOT (missing = 1 AND n = 6)', true],
    ['z = null', true],
    ['z != null', false],
    ['s = null', false],
    ['s != null', true],
    ['o != null', true],
    ['list = list', undefined],
    ['o = o', undefined],
    ['t < f', undefined],
    ['z <= null', undefined],
    ['t', true],
    ['NOT f', true],
    ['n', 5],
    ['NOT n', undefined],
    ['n AND t', undefined],
    ["list = 'abc'", undefined],
    ["list.0 = 'abc'", 'error'],
    ["list['0'] = 'abc'", undefined],
    ['constructor != null', undefined],
    ['o.__proto__ != null', undefined],
  ])('decides nothing that it cannot tell: %s is %p', (text, expected) => {
    if (expected === 'error') {
      expect(() => resultOf(text)).toThrow(/line 1, column 5/);
    } else {
      expect(resultOf(text)).toBe(expected);
    }
  });

  it.each([
    ["s IN ['x', 'abc']", true],
    ["s NIN ['x', 'abc']", false],
    ["s NIN ['x']", true],
    ["NOT s IN ['x', 1]", true],
    ['s IN [1, 2]', undefined],
    ['s NIN [1, 2]', undefined],
    ['s IN []', false],
    ['s NIN []', true],
    ['missing NIN []', undefined],
    ['z IN [null]', true],
    ['n IN [-1, 5]', true],
    ['IS_DEFINED(s)', true],
    ['is_defined(missing)', false],
    ['NOT is_defined(missing)', true],
    ['IS_DEFINED(z) AND IS_NULL(z)', true],
    ['IS_ARRAY(list) AND NOT IS_OBJECT(list)', true],
    ['IS_OBJECT(o) AND IS_BOOL(t) AND IS_NUMBER(n) AND IS_STRING(s)', true],
    ['IS_PRIMITIVE(z) AND NOT IS_PRIMITIVE(o)', true],
    ['IS_PRIMITIVE(missing)', false],
    ["CONTAINS(s, 'b')", true],
    ["STARTSWITH(s, 'ab') AND STARTS_WITH(s, '')", true],
    ["ENDSWITH(s, 'bc') AND NOT ends_with(s, 'x')", true],
    ["CONTAINS(n, '5')", undefined],
    ["NOT CONTAINS(missing, 'a')", undefined],
  ])('knows lists and functions: %s is %p', (text, expected) => {
    expect(resultOf(text)).toBe(expected);
  });

  it('takes * and nothing for all', () => {
    expect(parseCondition('*')).toBeUndefined();
    expect(parseCondition('  ')).toBeUndefined();
    expect(() => parseCondition('* 1')).toThrow(/expected the end, found "1"/);
  });
});
