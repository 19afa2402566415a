import { expect, it } from '@jest/globals';
import { startsWith } from '../documents/filter.js';
import type { Collection, Filter } from '../port.js';
import type { Bench, Entry } from './contract-subject.js';

export function pageContract(bench: Bench): void {
  it('pages over all documents while others come and go', async () => {
    const things = await bench.collection([['kind']]);
    const stable = Array.from({ length: 2_500 }, (_, n) => `s${String(n * 7).padStart(6, '0')}`);
    await fill(things, stable, 'stable');
    const volatile = stable.filter((_, n) => n % 25 === 0).map((id) => `${id}-volatile`);
    await fill(things, volatile, 'volatile');
    for (const filter of [{}, { kind: { $in: ['stable', 'volatile'] } }]) {
      const seen: string[] = [];
      let after: string | undefined;
      for (let turn = 0; turn === 0 || after !== undefined; turn++) {
        const page = await things.page({ filter, limit: 300, ...(after === undefined ? {} : { after }) });
        seen.push(...page.documents.map(({ _id }) => _id));
        const touched = volatile.filter((_, n) => n % 10 === turn);
        await things.bulk(touched.map((id) => ({ kind: 'delete', id, condition: 'always' })));
        await things.put({ _id: `s${String(turn * 1_500).padStart(6, '0')}-extra${turn}`, kind: 'stable' }, 'always');
        after = page.next;
      }
      expect(seen.filter((id) => !id.includes('-'))).toEqual(stable);
      expect(new Set(seen).size).toBe(seen.length);
    }
  });

  it('orders ids by their bytes', async () => {
    const things = await bench.collection();
    const ids = [
      'a',
      'B',
      'A',
      'b',
      '_',
      '-',
      '.',
      '~',
      '0',
      '10',
      '9',
      'a/b',
      'a-b',
      'a b',
      'é',
      'e',
      'z',
      'ñ',
      '漢',
      '字',
    ];
    await fill(things, ids, 'x');
    const sorted = [...ids].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
    expect(await pagedIds(things, {}, 3)).toEqual(sorted);
    const found = await things.query({ filter: {}, limit: 100 });
    expect(found.map(({ _id }) => _id)).toEqual(sorted);
  });

  it('pages over the ids of a prefix and a range', async () => {
    const things = await bench.collection();
    await fill(things, ['a', 'a/', 'a/1', 'a/2', 'a0', 'b/1', 'a.x'], 'x');
    expect(await pagedIds(things, { _id: startsWith('a/') }, 1)).toEqual(['a/', 'a/1', 'a/2']);
    expect(await pagedIds(things, { _id: startsWith('a.') }, 1)).toEqual(['a.x']);
    expect(await pagedIds(things, { _id: { $gt: 'a/', $lte: 'a0' } }, 2)).toEqual(['a/1', 'a/2', 'a0']);
    expect(await pagedIds(things, { _id: { $in: ['b/1', 'none', 'a'] } }, 1)).toEqual(['a', 'b/1']);
  });

  it('gives up what takes too long for whoever waits', async () => {
    const things = await bench.collection();
    await fill(things, ['a', 'b'], 'x');
    const reason = new Error('too late');
    const signal = AbortSignal.abort(reason);
    await expect(things.page({ filter: { kind: 'x' }, limit: 2, signal })).rejects.toBe(reason);
    await expect(things.count({ kind: 'x' }, { signal })).rejects.toBe(reason);
    const waiting = new AbortController();
    expect(await things.count({ kind: 'x' }, { signal: waiting.signal })).toBe(2);
    const { documents } = await things.page({ filter: { kind: 'x' }, limit: 2, signal: waiting.signal });
    expect(documents).toHaveLength(2);
  });

  it('ends with a page that has no next, and full pages before', async () => {
    const things = await bench.collection();
    expect(await things.page({ filter: {}, limit: 2 })).toEqual({ documents: [] });
    await fill(things, ['a', 'b', 'c', 'd'], 'x');
    const first = await things.page({ filter: {}, limit: 2 });
    expect(first).toMatchObject({ next: 'b' });
    const last = await things.page({ filter: {}, after: 'b', limit: 2 });
    expect(last.documents.map(({ _id }) => _id)).toEqual(['c', 'd']);
    expect(last).not.toHaveProperty('next');
    await expect(things.page({ filter: {}, limit: 0 })).rejects.toMatchObject({ kind: 'invalid' });
  });
}

async function fill(things: Collection<Entry>, ids: readonly string[], kind: string): Promise<void> {
  await things.bulk(ids.map((_id) => ({ kind: 'put', document: { _id, kind }, condition: 'always' })));
}

async function pagedIds(things: Collection<Entry>, filter: Filter, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const page = await things.page({ filter, limit, ...(after === undefined ? {} : { after }) });
    ids.push(...page.documents.map(({ _id }) => _id));
    after = page.next;
  } while (after !== undefined);
  return ids;
}
