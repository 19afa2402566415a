import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startsWith } from '../documents/filter.js';
import type { Collection, Filter } from '../port.js';
import { anyFields, anyFilter, anySort } from './arbitraries.js';
import type { Bench, Entry } from './contract-subject.js';
import { naiveQuery } from './naive-query.js';

export type QueryContractOptions = Pick<fc.Parameters<unknown>, 'numRuns' | 'seed'>;

export function queryContract(bench: Bench, options: QueryContractOptions): void {
  it('finds, sorts and limits', async () => {
    const things = await bench.collection([['group', 'due'], ['due']]);
    await put(things, [
      { _id: 'a', group: 'x', due: 30 },
      { _id: 'b', group: 'x', due: 10 },
      { _id: 'c', group: 'y', due: 20 },
      { _id: 'd', group: 'x', due: 10 },
      { _id: 'e', group: 'x' },
    ]);
    const ids = async (filter: Filter, sort: [string, 1 | -1][], limit = 10) =>
      (await things.query({ filter, sort, limit })).map(({ _id }) => _id).join('');
    expect(await ids({ group: 'x' }, [['due', 1]])).toBe('ebda');
    expect(await ids({ group: 'x' }, [['due', -1]])).toBe('abde');
    expect(await ids({ due: { $lte: 20 } }, [['due', 1]], 2)).toBe('bd');
    expect(await ids({ due: { $gt: 10 } }, [['due', -1]], 1)).toBe('a');
    const byGroup: [string, 1 | -1][] = [
      ['group', -1],
      ['due', 1],
    ];
    expect(await ids({}, byGroup)).toBe('cebda');
    expect(await ids({}, [['_id', -1]], 2)).toBe('ed');
    expect(await ids({}, [])).toBe('abcde');
  });

  it('knows the operators of the port', async () => {
    const things = await bench.collection([['tags.site'], ['n']]);
    await put(things, [
      { _id: 'a', n: 1, tags: { site: 'north' }, list: ['p', 'q'] },
      { _id: 'b', n: 2, tags: { site: 'northwest' }, on: true },
      { _id: 'c', n: null, tags: { site: 5 }, bytes: Uint8Array.of(1) },
      { _id: 'd', tags: {}, on: false },
    ]);
    const cases: [Filter, string][] = [
      [{ n: 1 }, 'a'],
      [{ n: null }, 'cd'],
      [{ n: { $eq: 2 } }, 'b'],
      [{ n: { $ne: 1 } }, 'bcd'],
      [{ n: { $in: [1, 2, 7] } }, 'ab'],
      [{ n: { $in: [] } }, ''],
      [{ n: { $nin: [1, null] } }, 'b'],
      [{ n: { $gt: 1 } }, 'b'],
      [{ n: { $gte: 1, $lt: 2 } }, 'a'],
      [{ 'tags.site': { $gte: 'north' } }, 'ab'],
      [{ 'tags.site': startsWith('north') }, 'ab'],
      [{ 'tags.site': { $not: startsWith('northw') } }, 'acd'],
      [{ 'tags.site': { $exists: false } }, 'd'],
      [{ n: { $exists: true } }, 'abc'],
      [{ n: { $type: 'null' } }, 'c'],
      [{ 'tags.site': { $type: 'string' } }, 'ab'],
      [{ 'tags.site': { $type: 'number' } }, 'c'],
      [{ on: { $type: 'bool' } }, 'bd'],
      [{ tags: { $type: 'object' } }, 'abcd'],
      [{ list: { $type: 'array' } }, 'a'],
      [{ bytes: { $type: 'binData' } }, 'c'],
      [{ list: 'q' }, 'a'],
      [{ on: true }, 'b'],
      [{ $or: [{ n: 1 }, { on: false }] }, 'ad'],
      [{ $and: [{ n: { $gt: 0 } }, { on: true }] }, 'b'],
      [{ $nor: [{ n: 1 }, { on: true }] }, 'cd'],
      [{ _id: { $in: ['a', 'd', 'x'] }, n: { $exists: true } }, 'a'],
      [{ version: 1, _id: { $gt: 'b' } }, 'cd'],
    ];
    for (const [filter, ids] of cases) {
      const found = await things.query({ filter, limit: 10 });
      expect([filter, found.map(({ _id }) => _id).join('')]).toEqual([filter, ids]);
      expect([filter, await things.count(filter)]).toEqual([filter, ids.length]);
    }
  });

  it('follows a document through its indexes', async () => {
    const things = await bench.collection([['status'], ['list']]);
    await things.put({ _id: 'a', status: 'on', list: 'p' }, 'absent');
    await things.patch('a', { set: { status: 'off' } }, 'always');
    expect([await things.count({ status: 'on' }), await things.count({ status: 'off' })]).toEqual([0, 1]);
    await things.patch('a', { set: { list: ['p', 'q'] } }, 'always');
    expect([await things.count({ list: 'p' }), await things.count({ list: 'q' })]).toEqual([1, 1]);
    await things.patch('a', { unset: ['status'] }, 'always');
    expect([await things.count({ status: 'off' }), await things.count({ status: null })]).toEqual([0, 1]);
    await things.delete('a', 'always');
    expect([await things.count({ list: 'p' }), await things.count({ list: 'q' })]).toEqual([0, 0]);
  });

  it('refuses filters that the adapters could understand differently', async () => {
    const things = await bench.collection();
    const filters = [
      { $where: 'true' },
      { n: { $regex: 'a.*b' } },
      { n: { $gt: null } },
      { n: { $mod: [2, 0] } },
      { n: {} },
      { n: undefined },
      { $or: [] },
      { n: { $constructor: 1 } },
      { '': 1 },
      { __proto__: null, 'a.__proto__': 1 },
    ];
    for (const filter of filters as Filter[]) {
      await expect(things.query({ filter, limit: 1 })).rejects.toMatchObject({ kind: 'invalid' });
      await expect(things.count(filter)).rejects.toMatchObject({ kind: 'invalid' });
    }
  });

  it('finds what a naive evaluation finds, with and without indexes', async () => {
    const indexes = [['a'], ['b', 'a'], ['o.x'], ['o.x', 'b', 'a']];
    const queries = fc.array(fc.tuple(anyFilter, anySort, fc.integer({ min: 1, max: 12 })), {
      minLength: 8,
      maxLength: 8,
    });
    const documents = fc.array(anyFields, { minLength: 5, maxLength: 25 });
    const [indexed, plain] = [await bench.collection(indexes), await bench.collection()];
    await fc.assert(
      fc.asyncProperty(documents, queries, async (fields, asked) => {
        const entries = fields.map((field, n) => ({ _id: `d${n % 7}${n}`, ...field }));
        await replaceAll(indexed, entries);
        await replaceAll(plain, entries);
        for (const [filter, sort, limit] of asked) {
          const expected = naiveQuery(entries, { filter, sort, limit });
          const total = naiveQuery(entries, { filter, limit: entries.length });
          for (const things of [indexed, plain]) {
            const found = await things.query({ filter, sort, limit });
            expect(found.map(({ _id }) => _id)).toEqual(expected.map(({ _id }) => _id));
            expect(await things.count(filter)).toBe(total.length);
            expect(await walk(things, filter, limit)).toEqual(total.map(({ _id }) => _id));
          }
        }
      }),
      options,
    );
  }, 60_000);
}

async function put(things: Collection<Entry>, entries: readonly Entry[]): Promise<void> {
  await things.bulk(entries.map((document) => ({ kind: 'put', document, condition: 'always' })));
}

async function replaceAll(things: Collection<Entry>, entries: readonly Entry[]): Promise<void> {
  const found = await things.query({ filter: {}, limit: 1_000 });
  await things.bulk(found.map(({ _id }) => ({ kind: 'delete', id: _id, condition: 'always' })));
  await put(things, entries);
}

async function walk(things: Collection<Entry>, filter: Filter, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const page = await things.page({ filter, limit, ...(after === undefined ? {} : { after }) });
    ids.push(...page.documents.map(({ _id }) => _id));
    after = page.next;
  } while (after !== undefined);
  return ids;
}
