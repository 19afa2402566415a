import { expect, it } from '@jest/globals';
import type { Write, WriteOutcome } from '../port.js';
import type { Bench, Entry } from './contract-subject.js';

const put = (_id: string, condition: Write<Entry>['condition'], n = 0): Write<Entry> => ({
  kind: 'put',
  document: { _id, n },
  condition,
});
const patch = (id: string, condition: Write<Entry>['condition'], n = 0): Write<Entry> => ({
  kind: 'patch',
  id,
  changes: { set: { n } },
  condition,
});

export function bulkContract(bench: Bench): void {
  it('answers each write in the order given, whatever became of the others', async () => {
    const things = await bench.collection();
    await things.bulk([put('a', 'absent'), put('b', 'absent'), put('c', 'absent'), put('d', 'absent')]);
    const outcomes = await things.bulk([
      put('a', 'absent'),
      put('new', 'absent'),
      patch('b', { version: 1 }, 1),
      patch('c', { version: 9 }, 1),
      patch('none', 'always'),
      put('other', { version: 3 }),
      put('d', 'always', 1),
      put('fresh', 'always'),
      { kind: 'delete', id: 'gone', condition: 'always' },
    ]);
    expect(outcomes).toEqual([
      { outcome: 'refused', reason: 'exists' },
      { outcome: 'written', version: 1 },
      { outcome: 'written', version: 2 },
      { outcome: 'refused', reason: 'version' },
      { outcome: 'refused', reason: 'absent' },
      { outcome: 'refused', reason: 'absent' },
      { outcome: 'written', version: 2 },
      { outcome: 'written', version: 1 },
      { outcome: 'refused', reason: 'absent' },
    ] satisfies WriteOutcome[]);
    expect(await things.count({})).toBe(6);
  });

  it('applies several writes of one document in order', async () => {
    const things = await bench.collection();
    const outcomes = await things.bulk([
      put('a', 'absent', 1),
      put('z', 'absent', 1),
      put('a', 'absent', 2),
      patch('a', { version: 1 }, 3),
      { kind: 'delete', id: 'z', condition: { version: 1 } },
      patch('a', { version: 1 }, 4),
      { kind: 'delete', id: 'a', condition: { version: 2 } },
      patch('a', 'always', 5),
      put('a', 'absent', 6),
    ]);
    expect(outcomes).toEqual([
      { outcome: 'written', version: 1 },
      { outcome: 'written', version: 1 },
      { outcome: 'refused', reason: 'exists' },
      { outcome: 'written', version: 2 },
      { outcome: 'written', version: 0 },
      { outcome: 'refused', reason: 'version' },
      { outcome: 'written', version: 0 },
      { outcome: 'refused', reason: 'absent' },
      { outcome: 'written', version: 1 },
    ] satisfies WriteOutcome[]);
    expect(await things.get('a')).toEqual({ _id: 'a', n: 6, version: 1 });
  });

  it('applies the others where one does not fit', async () => {
    const things = await bench.collection();
    await things.put({ _id: 'a', text: 'x' }, 'absent');
    const misfit: Write<Entry> = { kind: 'patch', id: 'a', changes: { push: { text: 1 } }, condition: 'always' };
    await expect(things.bulk([put('b', 'absent'), misfit, put('c', 'absent')])).rejects.toMatchObject({
      kind: 'invalid',
    });
    expect(await things.count({})).toBe(3);
  });

  it('writes and deletes a thousand at once', async () => {
    const things = await bench.collection([['n']]);
    const ids = Array.from({ length: 1_000 }, (_, n) => `d${n}`);
    const outcomes = await things.bulk(ids.map((id, n) => put(id, 'absent', n % 10)));
    expect(outcomes.every(({ outcome }) => outcome === 'written')).toBe(true);
    expect(await things.count({ n: 3 })).toBe(100);
    const deletions = ids.map((id, n) => ({ kind: 'delete', id, condition: { version: n % 2 ? 1 : 2 } }) as const);
    const deleted = await things.bulk(deletions);
    expect(deleted.filter(({ outcome }) => outcome === 'written')).toHaveLength(500);
    expect(await things.count({})).toBe(500);
    expect(await things.bulk([])).toEqual([]);
  });
}
