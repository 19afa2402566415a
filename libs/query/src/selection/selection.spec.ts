import { describe, expect, it } from '@jest/globals';
import { valueAt } from '../evaluation/values.js';
import { parseQuery } from '../language/query-parser.js';
import { Aggregation, type AggregationLimits } from './aggregation.js';
import { columnsOf, isAggregation } from './columns.js';
import { project } from './project.js';

const documents = [
  { id: 'a', site: 'north', t: 20, tags: { __proto__: null, x: 1 } },
  { id: 'b', site: 'north', t: 30 },
  { id: 'c', site: 'south', t: 'hot' },
  { id: 'd', t: null, list: [1] },
];

function rowsOf(text: string, limits?: AggregationLimits): object[] {
  const query = parseQuery(text);
  const columns = columnsOf(query) ?? [];
  const accessors = documents.map((document) => (names: readonly string[]) => valueAt(document, names));
  if (!isAggregation(query)) {
    return accessors.map((accessor) => ({ ...project(columns, accessor) }));
  }
  const aggregation = new Aggregation(columns, query.groupBy, limits);
  accessors.forEach((accessor) => {
    aggregation.add(accessor);
  });
  return aggregation.rows().map(({ row }) => ({ ...row }));
}

describe('selection', () => {
  it('names properties by alias or their last name, and leaves out what is undefined', () => {
    expect(rowsOf("SELECT id, t AS temperature, tags.x, list['0'] AS y FROM devices")).toEqual([
      { id: 'a', temperature: 20, x: 1 },
      { id: 'b', temperature: 30 },
      { id: 'c', temperature: 'hot' },
      { id: 'd', temperature: null },
    ]);
  });

  it('takes any name for a column', () => {
    const columns = columnsOf(parseQuery('SELECT id AS __proto__, t AS constructor FROM devices')) ?? [];
    const row = project(columns, (names) => names.join());
    expect(JSON.stringify(row)).toBe('{"__proto__":"id","constructor":"t"}');
  });

  it('aggregates over all, and over groups', () => {
    expect(rowsOf('SELECT COUNT(), SUM(t) AS s, AVG(t) AS a, MIN(t) AS low, MAX(t) AS high FROM devices')).toEqual([
      { $1: 4, s: 50, a: 25, low: 20, high: 30 },
    ]);
    expect(rowsOf('SELECT MIN(site), MAX(site), AVG(site), SUM(none) FROM devices')).toEqual([
      { $1: 'north', $2: 'south', $4: 0 },
    ]);
    const groups = rowsOf('SELECT site, COUNT() AS n, MAX(t) AS t FROM devices GROUP BY site');
    expect(groups).toHaveLength(3);
    expect(groups).toEqual(
      expect.arrayContaining([{ site: 'north', n: 2, t: 30 }, { site: 'south', n: 1, t: 'hot' }, { n: 1 }]),
    );
    expect(rowsOf('SELECT site FROM devices GROUP BY site, t')).toHaveLength(4);
  });

  it.each([
    ['SELECT * FROM devices GROUP BY site', 'needs a list'],
    ['SELECT id, COUNT() FROM devices', 'id must be in GROUP BY'],
    ['SELECT id FROM devices GROUP BY site', 'id must be in GROUP BY'],
    ['SELECT a.x, b.x FROM devices', 'would be named x'],
  ])('refuses %s', (text, problem) => {
    expect(() => rowsOf(text)).toThrow(problem);
  });

  it('bounds groups', () => {
    const count = 'SELECT COUNT() FROM devices GROUP BY id';
    expect(rowsOf(count, { groups: 4, text: 100 })).toHaveLength(4);
    expect(() => rowsOf(count, { groups: 3, text: 100 })).toThrow('too many groups');
    expect(() => rowsOf(count, { groups: 4, text: 10 })).toThrow('too many groups');
    expect(() => rowsOf('SELECT MAX(site) FROM devices', { groups: 1, text: 4 })).toThrow('too many groups');
  });
});
