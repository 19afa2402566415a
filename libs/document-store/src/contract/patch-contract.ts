import { expect, it } from '@jest/globals';
import type { Bench } from './contract-subject.js';

export function patchContract(bench: Bench): void {
  it('sets and removes nested fields', async () => {
    const things = await bench.collection();
    await things.put({ _id: 'a', keep: 1, deep: { x: 1, y: 2 }, gone: 1 }, 'absent');
    const changes = { set: { 'deep.x': 'new', 'made.on.the': { way: true } }, unset: ['deep.y', 'gone', 'not.there'] };
    expect(await things.patch('a', changes, { version: 1 })).toEqual({ outcome: 'written', version: 2 });
    expect(await things.get('a')).toEqual({
      _id: 'a',
      keep: 1,
      deep: { x: 'new' },
      made: { on: { the: { way: true } } },
      version: 2,
    });
  });

  it('appends to arrays and removes their elements by id', async () => {
    const things = await bench.collection();
    await things.put({ _id: 'a', events: [{ id: '1' }, 'other'] }, 'absent');
    await things.patch('a', { push: { events: { id: '2' }, 'deep.list': [1, 2] } }, 'always');
    await things.patch('a', { push: { events: { id: '3' } } }, 'always');
    await things.patch('a', { pullIds: { events: ['1', '3', 'none'], 'not.there': ['1'] } }, 'always');
    expect(await things.get('a')).toEqual({
      _id: 'a',
      events: ['other', { id: '2' }],
      deep: { list: [[1, 2]] },
      version: 4,
    });
  });

  it('patches only where the condition holds', async () => {
    const things = await bench.collection();
    const changes = { set: { n: 1 } };
    expect(await things.patch('a', changes, 'always')).toEqual({ outcome: 'refused', reason: 'absent' });
    expect(await things.patch('a', changes, { version: 1 })).toEqual({ outcome: 'refused', reason: 'absent' });
    await things.put({ _id: 'a' }, 'absent');
    expect(await things.patch('a', changes, { version: 2 })).toEqual({ outcome: 'refused', reason: 'version' });
    expect(await things.patch('a', changes, 'absent')).toEqual({ outcome: 'refused', reason: 'exists' });
    expect(await things.patch('a', changes, 'always')).toEqual({ outcome: 'written', version: 2 });
  });

  it('refuses a patch that does not fit, and changes nothing', async () => {
    const things = await bench.collection();
    await things.put({ _id: 'a', text: 'x', list: [] }, 'absent');
    const misfits = [
      { set: { 'text.deeper': 1 } },
      { push: { text: 1 } },
      { pullIds: { text: ['1'] } },
      { set: { n: 1, 'n.m': 2 } },
      { set: { n: 1 }, unset: ['n'] },
      { set: { version: 1 } },
      { set: { _id: 'b' } },
      { set: { $n: 1 } },
      { set: { 'n..m': 1 } },
    ];
    for (const changes of misfits) {
      await expect(async () => things.patch('a', changes, 'always')).rejects.toMatchObject({ kind: 'invalid' });
    }
    expect(await things.get('a')).toEqual({ _id: 'a', text: 'x', list: [], version: 1 });
  });

  it('loses no push among many at once', async () => {
    const things = await bench.collection();
    await things.put({ _id: 'a' }, 'absent');
    const ids = Array.from({ length: 5 }, (_, n) => `e${n}`);
    await Promise.all(ids.map((id) => things.patch('a', { push: { pending: { id } } }, 'always')));
    const pending = (await things.get('a'))?.['pending'] as readonly { id: string }[];
    expect(pending.map(({ id }) => id).sort()).toEqual(ids);
  });
}
