import { expect, it } from '@jest/globals';
import type { WriteOutcome } from '../port.js';
import { type Bench, newName } from './contract-subject.js';

const written = (version: number): WriteOutcome => ({ outcome: 'written', version });
const refused = (reason: 'exists' | 'absent' | 'version'): WriteOutcome => ({ outcome: 'refused', reason });

export function writeContract(bench: Bench): void {
  it('puts under each condition and counts the version up', async () => {
    const things = await bench.collection();
    expect(await things.put({ _id: 'a', n: 1 }, { version: 1 })).toEqual(refused('absent'));
    expect(await things.put({ _id: 'a', n: 1 }, 'absent')).toEqual(written(1));
    expect(await things.put({ _id: 'a', n: 2 }, 'absent')).toEqual(refused('exists'));
    expect(await things.put({ _id: 'a', n: 2 }, { version: 2 })).toEqual(refused('version'));
    expect(await things.put({ _id: 'a', m: 2 }, { version: 1 })).toEqual(written(2));
    expect(await things.put({ _id: 'a', m: 3 }, 'always')).toEqual(written(3));
    expect(await things.get('a')).toEqual({ _id: 'a', m: 3, version: 3 });
    expect(await things.put({ _id: 'b' }, 'always')).toEqual(written(1));
    expect(await things.get('c')).toBeUndefined();
  });

  it('takes back what was read', async () => {
    const things = await bench.collection();
    await things.put({ _id: 'a', n: 1 }, 'absent');
    const read = await things.get('a');
    expect(read && (await things.put({ ...read, n: 2 }, { version: read.version }))).toEqual(written(2));
    expect(await things.get('a')).toEqual({ _id: 'a', n: 2, version: 2 });
  });

  it('deletes under each condition', async () => {
    const things = await bench.collection();
    await things.put({ _id: 'a' }, 'absent');
    expect(await things.delete('a', { version: 7 })).toEqual(refused('version'));
    expect(await things.delete('a', 'absent')).toEqual(refused('exists'));
    expect(await things.delete('a', { version: 1 })).toEqual(written(0));
    expect(await things.delete('a', { version: 1 })).toEqual(refused('absent'));
    expect(await things.delete('a', 'always')).toEqual(refused('absent'));
    expect(await things.get('a')).toBeUndefined();
    expect(await things.put({ _id: 'a' }, 'absent')).toEqual(written(1));
    expect(await things.delete('a', 'always')).toEqual(written(0));
  });

  it('loses no update among 100 concurrent compare-and-set increments', async () => {
    const things = await bench.collection();
    await things.put({ _id: 'counter', n: 0 }, 'absent');
    const increment = async () => {
      for (;;) {
        const current = await things.get('counter');
        const next = { _id: 'counter', n: Number(current?.['n']) + 1 };
        const { outcome } = await things.put(next, { version: current?.version ?? 0 });
        if (outcome === 'written') {
          return;
        }
      }
    };
    await Promise.all(Array.from({ length: 100 }, increment));
    expect(await things.get('counter')).toEqual({ _id: 'counter', n: 100, version: 101 });
  });

  it('lets one of many win that put where nothing is', async () => {
    const things = await bench.collection();
    const puts = Array.from({ length: 20 }, (_, n) => things.put({ _id: 'a', n }, 'absent'));
    const outcomes = await Promise.all(puts);
    expect(outcomes.filter(({ outcome }) => outcome === 'written')).toHaveLength(1);
    const winner = outcomes.findIndex(({ outcome }) => outcome === 'written');
    expect(await things.get('a')).toEqual({ _id: 'a', n: winner, version: 1 });
  });

  it('gives each of many unconditional writes a version of its own', async () => {
    const things = await bench.collection();
    const outcomes = await Promise.all(Array.from({ length: 5 }, (_, n) => things.put({ _id: 'a', n }, 'always')));
    const versions = outcomes.map((result) => (result.outcome === 'written' ? result.version : 0));
    expect(versions.sort()).toEqual([1, 2, 3, 4, 5]);
  });

  it('keeps values of every kind, and no undefined ones', async () => {
    const things = await bench.collection();
    const bytes = Uint8Array.of(0, 1, 254, 255);
    const values = {
      text: 'ÄÖ \u0000 𝒳 $where.__proto__',
      name: '__proto__',
      json: '{"__proto__":{"polluted":true}}',
      number: -1.5,
      large: 2 ** 52 + 1,
      yes: true,
      nothing: null,
      nested: { list: [1, 'two', [null, { deep: {} }], []] },
    };
    await things.put({ _id: 'a', ...values, bytes, nested2: { bytes }, missing: undefined }, 'absent');
    const { bytes: top, nested2, ...rest } = (await things.get('a')) ?? { _id: '', version: 0 };
    expect(rest).toEqual({ _id: 'a', ...values, version: 1 });
    expect(Uint8Array.from(top as Uint8Array)).toEqual(bytes);
    expect(Uint8Array.from((nested2 as { bytes: Uint8Array }).bytes)).toEqual(bytes);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('copies what it is given at once', async () => {
    const things = await bench.collection();
    const list = [1];
    const put = things.put({ _id: 'a', list }, 'absent');
    list.push(2);
    await put;
    expect(await things.get('a')).toEqual({ _id: 'a', list: [1], version: 1 });
  });

  it('refuses what breaks the rules of the port', async () => {
    const things = await bench.collection();
    const hostile = JSON.parse('{"_id":"a","__proto__":{"x":1}}');
    const bad = [{ _id: '' }, { _id: 'a', 'b.c': 1 }, { _id: 'a', $set: 1 }, { _id: 'x'.repeat(1025) }, hostile];
    for (const document of bad) {
      await expect(async () => things.put(document, 'always')).rejects.toMatchObject({ kind: 'invalid' });
    }
    await expect(async () => things.put({ _id: '\ud800' }, 'always')).rejects.toMatchObject({ kind: 'invalid' });
    expect(await things.count({})).toBe(0);
  });

  it('gets many documents, each once, without those that are not there', async () => {
    const things = await bench.collection();
    await things.bulk(
      Array.from({ length: 30 }, (_, n) => ({ kind: 'put', document: { _id: `d${n}` }, condition: 'absent' }) as const),
    );
    const ids = [...Array.from({ length: 30 }, (_, n) => `d${n}`), 'd1', 'none'];
    const found = await things.getMany(ids);
    expect(found.map(({ _id }) => _id).sort()).toEqual([...new Set(ids)].filter((id) => id !== 'none').sort());
    expect(await things.getMany([])).toEqual([]);
  });

  it('has documents, versions and indexes after it was opened again', async () => {
    const name = newName();
    const before = await bench.store().collection({ name, indexes: [['n']] });
    await before.put({ _id: 'a', n: 1 } as { _id: string }, 'absent');
    await before.put({ _id: 'a', n: 2 } as { _id: string }, 'always');
    const after = await (await bench.reopen()).collection({ name, indexes: [['n'], ['m']] });
    expect(await after.get('a')).toEqual({ _id: 'a', n: 2, version: 2 });
    expect(await after.count({ n: 2 })).toBe(1);
    expect(await after.count({ n: 1 })).toBe(0);
  });

  it('gives the same collection for the same name', async () => {
    const name = newName();
    const [first, second] = await Promise.all([
      bench.store().collection({ name, indexes: [['n']] }),
      bench.store().collection({ name, indexes: [['n']] }),
    ]);
    expect(second).toBe(first);
    await expect(bench.store().collection({ name, indexes: [] })).rejects.toMatchObject({ kind: 'invalid' });
  });
}
