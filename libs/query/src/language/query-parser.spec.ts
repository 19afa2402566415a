import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyExpression, anyQuery, tokenSoup } from '../testing/arbitraries.js';
import { printExpression, printQuery } from './printer.js';
import { QueryError } from './query-error.js';
import { parseCondition, parseQuery } from './query-parser.js';

/** The error that a query meets. */
function errorOf(text: string): QueryError {
  try {
    parseQuery(text);
  } catch (error) {
    if (error instanceof QueryError) {
      return error;
    }
    throw error;
  }
  throw new Error(`${text.slice(0, 100)} should not parse.`);
}

describe('parseQuery', () => {
  it('reads every clause', () => {
    const text = `select top 5 deviceId, c.tags.site as place, count() AS n, Avg(c.properties.reported['t'])
      from devices as c where c.tags.floor > 2 group by c.tags.site, deviceId`;
    expect(parseQuery(text)).toEqual({
      top: 5,
      items: [
        { kind: 'path', path: { kind: 'path', names: ['deviceId'] } },
        { kind: 'path', path: { kind: 'path', names: ['tags', 'site'] }, alias: 'place' },
        { kind: 'aggregate', aggregate: 'COUNT', alias: 'n' },
        { kind: 'aggregate', aggregate: 'AVG', path: { kind: 'path', names: ['properties', 'reported', 't'] } },
      ],
      source: ['devices'],
      alias: 'c',
      where: {
        kind: 'comparison',
        operator: '>',
        left: { kind: 'path', names: ['tags', 'floor'] },
        right: { kind: 'literal', value: 2 },
      },
      groupBy: [
        { kind: 'path', names: ['tags', 'site'] },
        { kind: 'path', names: ['deviceId'] },
      ],
    });
  });

  it('reads sources, and properties with them in front', () => {
    const pathOf = (text: string) => {
      const { where } = parseQuery(text);
      return where?.kind === 'comparison' && where.left.kind === 'path' ? where.left.names.join('/') : undefined;
    };
    expect(parseQuery('SELECT * FROM devices.jobs').source).toEqual(['devices', 'jobs']);
    expect(parseQuery('SELECT * FROM devices d').alias).toBe('d');
    expect(pathOf("SELECT * FROM devices.jobs WHERE devices.jobs.jobId='x'")).toBe('jobId');
    expect(pathOf("SELECT * FROM devices.modules WHERE devices.Id='x'")).toBe('deviceId');
    expect(pathOf("SELECT * FROM devices WHERE devices.deviceId='x'")).toBe('deviceId');
    expect(pathOf("SELECT * FROM devices c WHERE c.tags.c='x'")).toBe('tags/c');
    expect(pathOf("SELECT * FROM devices WHERE tags.from.select['a.b']='x'")).toBe('tags/from/select/a.b');
    expect(pathOf("SELECT * FROM devices WHERE configurations.[[a:b-1]].status='x'")).toBe(
      'configurations/a:b-1/status',
    );
  });

  it('binds as SQL does', () => {
    const printed = (text: string) => {
      const condition = parseCondition(text);
      return condition && printExpression(condition);
    };
    expect(printed('a=1 or b=2 and not c=3')).toBe('a = 1 OR b = 2 AND NOT c = 3');
    expect(printed('(a=1 or b=2) and (not (c=3))')).toBe('(a = 1 OR b = 2) AND NOT c = 3');
    expect(printed('a-(b-c)*2=-1')).toBe('a - (b - c) * 2 = -1');
    expect(printed('((a-b))-c=1')).toBe('a - b - c = 1');
    expect(printed("a <> 'it\\'s' and b nin [1,\"x\"]")).toBe("a != 'it\\'s' AND b NIN [1, 'x']");
    expect(parseCondition("a = '\\u00e9\\n\\\\'")).toMatchObject({ right: { value: 'é\n\\' } });
  });

  it.each([
    ['', 1, 1, 'expected SELECT, found the end'],
    ['SELECT', 1, 7, 'expected a property, found the end'],
    ['SELECT * FROM', 1, 14, 'expected a property, found the end'],
    ['SELECT *\nFROM devices\n  WHERE tags.a = = 1', 3, 18, 'expected a property, a value'],
    ['SELECT * FROM devices WHERE a = 1 ORDER BY a', 1, 35, 'expected an operator, GROUP BY or the end, found "ORDER"'],
    ['SELECT * FROM devices WHERE (a = 1', 1, 35, 'expected ")", found the end'],
    ["SELECT * FROM devices WHERE a = 'x", 1, 33, 'the string has no end'],
    ["SELECT * FROM devices WHERE a = '\\q'", 1, 34, 'unknown escape \\q'],
    ['SELECT * FROM devices WHERE a IN [b]', 1, 35, 'expected a string, a number'],
    ['SELECT * FROM devices WHERE a IN [1', 1, 36, 'expected ","'],
    ['SELECT * FROM devices WHERE SQRT(a) = 1', 1, 29, 'there is no function SQRT'],
    ['SELECT * FROM devices WHERE IS_DEFINED(a, b)', 1, 41, 'expected ")", found ","'],
    ['SELECT * FROM devices WHERE CONTAINS(a)', 1, 39, 'expected ",", found ")"'],
    ['SELECT * FROM devices WHERE a = 1e999', 1, 33, 'the number is too large'],
    ['SELECT * FROM devices WHERE a = #', 1, 33, 'unexpected "#"'],
    ['SELECT * FROM devices WHERE tags. = 1', 1, 35, 'expected the name of a property'],
    ['SELECT TOP 0 * FROM devices', 1, 12, 'expected a whole number from 1'],
    ['SELECT TOP 1.5 * FROM devices', 1, 12, 'expected a whole number from 1'],
    ['SELECT MEDIAN(a) FROM devices', 1, 8, 'expected one of COUNT'],
    ['SELECT AVG() FROM devices', 1, 12, 'expected a property, found ")"'],
    ['SELECT * FROM devices GROUP tags.a', 1, 29, 'expected BY'],
    ['SELECT a AS from FROM devices', 1, 13, 'expected a name'],
  ])('tells where %j is wrong', (text, line, column, problem) => {
    const error = errorOf(text);
    expect(error.message).toContain(problem);
    expect([error.line, error.column]).toEqual([line, column]);
    expect(error.code).toBe(400004);
  });

  it('refuses what is too long, too deep or too much', () => {
    const where = (condition: string) => errorOf(`SELECT * FROM devices WHERE ${condition}`).message;
    expect(where('('.repeat(8_000))).toContain('nest deeper than 64');
    expect(where('NOT '.repeat(2_000))).toContain('nest deeper than 64');
    expect(where('-'.repeat(8_000))).toContain('nest deeper than 64');
    expect(where('IS_NULL('.repeat(1_000))).toContain('nest deeper than 64');
    expect(where(`tags${'.a'.repeat(4_000)}=1`)).toContain('more than 64 names');
    expect(where('a=1 OR '.repeat(1_100))).toContain('more than 2000 parts');
    expect(where(`a IN [${'1,'.repeat(4_000)}1]`)).toContain('more than 2000 parts');
    expect(where(`1${'+1'.repeat(4_000)}=1`)).toContain('more than 2000 parts');
    expect(where('x'.repeat(8_200))).toContain('must not exceed 8192 characters');
    expect(errorOf(`SELECT ${'a,'.repeat(200)}a FROM devices`).message).toContain('more than 100 items');
  });

  it('reads what it has printed as the same query', () => {
    fc.assert(
      fc.property(anyQuery, (query) => {
        expect(parseQuery(printQuery(query))).toEqual(query);
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(anyExpression, (expression) => {
        expect(parseCondition(printExpression(expression))).toEqual(expression);
      }),
      { numRuns: 500 },
    );
  });

  it('answers any text with a query or an error of its own', () => {
    const text = fc.oneof(tokenSoup, fc.string({ unit: 'binary', maxLength: 200 }));
    fc.assert(
      fc.property(text, (input) => {
        try {
          const query = parseQuery(input);
          expect(parseQuery(printQuery(query))).toEqual(query);
        } catch (error) {
          expect(error).toBeInstanceOf(QueryError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
