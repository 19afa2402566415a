import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { open } from 'lmdb';
import { startsWith } from '../documents/filter.js';
import type { CollectionSpec, Filter, Query } from '../port.js';
import type { EmbeddedCollection } from './embedded-collection.js';
import { EmbeddedDocumentStore } from './embedded-document-store.js';

interface Thing {
  readonly _id: string;
  readonly status?: string;
  readonly due?: number;
}

describe('EmbeddedDocumentStore', () => {
  let directory: string;
  let store: EmbeddedDocumentStore;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mooring-documents-'));
    store = await EmbeddedDocumentStore.open(directory);
  });
  afterEach(async () => {
    await store.close();
    await rm(directory, { recursive: true });
  });

  const declare = async (indexes: CollectionSpec['indexes']) =>
    (await store.collection<Thing>({ name: 'things', indexes })) as EmbeddedCollection<Thing>;

  const filled = async (count: number, indexes: CollectionSpec['indexes']) => {
    const things = await declare(indexes);
    const ids = Array.from({ length: count }, (_, n) => n);
    const documents = ids.map((n) => ({
      _id: `d${String(n).padStart(5, '0')}`,
      status: n % 100 ? 'on' : 'off',
      due: n,
    }));
    await things.bulk(documents.map((document) => ({ kind: 'put', document, condition: 'always' })));
    return things;
  };

  const examined = async (things: EmbeddedCollection<Thing>, action: () => Promise<unknown>) => {
    const before = things.documentsExamined;
    await action();
    return things.documentsExamined - before;
  };

  it('looks at few documents where an index, an id or an order allows it', async () => {
    const things = await filled(2_000, [['status'], ['due'], ['status', 'due']]);
    const costOf = (query: Partial<Query>) => examined(things, () => things.query({ filter: {}, limit: 5, ...query }));
    expect(await costOf({ filter: { status: 'off' }, limit: 1_000 })).toBe(20);
    expect(await costOf({ filter: { status: 'on' } })).toBe(5);
    expect(await costOf({ filter: { status: 'off', due: { $gte: 1_800 } } })).toBe(2);
    expect(await costOf({ filter: { due: { $in: [3, 5, 9_999] } } })).toBe(2);
    expect(await costOf({ filter: { due: { $gte: 0 } }, sort: [['due', 1]] })).toBe(5);
    expect(await costOf({ filter: { status: 'on' }, sort: [['due', 1]] })).toBe(5);
    expect(await costOf({ filter: { _id: 'd00007', status: 'on' } })).toBe(1);
    expect(await costOf({ filter: { _id: startsWith('d0010') }, limit: 1_000 })).toBe(10);
    expect(await costOf({ filter: { $and: [{ status: 'off' }, { due: { $lt: 150 } }] } })).toBe(2);
    expect(await costOf({ filter: { $or: [{ status: 'off' }] }, limit: 1_000 })).toBe(2_000);
  });

  it('continues a page where it ended', async () => {
    const things = await filled(2_000, [['status'], ['due']]);
    const page = (filter: Filter) => examined(things, () => things.page({ filter, after: 'd01500', limit: 10 }));
    expect(await page({ status: 'on' })).toBeLessThanOrEqual(11);
    expect(await page({})).toBeLessThanOrEqual(11);
    expect(await page({ due: { $gte: 0 } })).toBeLessThanOrEqual(11);
  });

  it('pages by an index where that takes less, also out of its order', async () => {
    const things = await filled(20_000, [['status'], ['due']]);
    const page = (filter: Filter) => examined(things, () => things.page({ filter, after: 'd01500', limit: 100 }));
    expect(await page({ status: 'off' })).toBe(101);
    expect(await page({ due: { $gte: 19_000 } })).toBeLessThanOrEqual(1_000);
    expect(await page({ due: { $gte: 18_000, $lt: 18_050 } })).toBe(50);
    expect(await page({ due: { $gte: 100 }, status: 'off' })).toBeLessThanOrEqual(200);
    expect(await page({ due: { $gte: 100 } })).toBe(101);
  });

  it('gives up a scan between two turns', async () => {
    const things = await filled(5_000, []);
    const gaveUp = new AbortController();
    const reason = new Error('too late');
    const cost = await examined(things, async () => {
      const count = things.count({ status: 'none' }, { signal: gaveUp.signal });
      setImmediate(() => gaveUp.abort(reason));
      await expect(count).rejects.toBe(reason);
    });
    expect(cost).toBeLessThan(5_000);
  });

  it('counts by the keys of an index', async () => {
    const things = await filled(1_000, [['status', 'due']]);
    const counts: number[] = [];
    const cost = await examined(things, async () => {
      counts.push(await things.count({}), await things.count({ status: 'off' }));
      counts.push(await things.count({ status: { $in: ['on', 'off', 'on'] }, due: { $lt: 100 } }));
      counts.push(await things.count({ _id: { $gte: 'd00990' } }));
    });
    expect(counts).toEqual([1_000, 10, 100, 10]);
    expect(cost).toBe(0);
  });

  it('lets others run while it scans', async () => {
    const things = await filled(5_000, []);
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    for (let scans = 0; turns < 5 && scans < 1_000; scans++) {
      await things.count({ status: 'off' });
    }
    clearInterval(timer);
    expect(turns).toBeGreaterThanOrEqual(5);
  });

  it('shares one flush among writes that wait', async () => {
    const things = await declare([]);
    await things.put({ _id: 'first' }, 'absent');
    await store.close();
    const transactions = () => {
      const environment = open({ path: join(directory, 'documents'), noSubdir: false, overlappingSync: false });
      const { lastTxnId } = environment.getStats() as { readonly lastTxnId: number };
      return environment.close().then(() => lastTxnId);
    };
    const before = await transactions();
    store = await EmbeddedDocumentStore.open(directory);
    const again = await declare([]);
    await Promise.all(Array.from({ length: 200 }, (_, n) => again.put({ _id: `d${n}` }, 'absent')));
    await store.close();
    expect((await transactions()) - before).toBeLessThan(100);
    store = await EmbeddedDocumentStore.open(directory);
  });

  it('builds an index over what is there, and forgets one that is no longer declared', async () => {
    await filled(300, []);
    const reopened = async (indexes: CollectionSpec['indexes']) => {
      await store.close();
      store = await EmbeddedDocumentStore.open(directory);
      return declare(indexes);
    };
    const indexed = await reopened([['due']]);
    expect(await examined(indexed, () => indexed.query({ filter: { due: 7 }, limit: 5 }))).toBe(1);
    const plain = await reopened([]);
    await plain.patch('d00007', { set: { due: 8 } }, 'always');
    const again = await reopened([['due']]);
    expect(await again.count({ due: 7 })).toBe(0);
    expect(await again.count({ due: 8 })).toBe(2);
  });

  it('orders ids beyond the basic plane by their bytes', async () => {
    const things = await declare([['status']]);
    const ids = ['\uffee', '𝒳', 'z', '\ue000'];
    await things.bulk(ids.map((_id) => ({ kind: 'put', document: { _id, status: _id }, condition: 'absent' })));
    const sorted = ['z', '\ue000', '\uffee', '𝒳'];
    const page = await things.page({ filter: {}, limit: 10 });
    expect(page.documents.map(({ _id }) => _id)).toEqual(sorted);
    const byStatus = await things.query({ filter: { status: startsWith('') }, sort: [['status', 1]], limit: 10 });
    expect(byStatus.map(({ _id }) => _id)).toEqual(sorted);
  });

  it('is opened once at a time, and not after it was closed', async () => {
    await expect(EmbeddedDocumentStore.open(directory)).rejects.toMatchObject({ kind: 'in-use' });
    const things = await declare([]);
    await store.close();
    await expect(things.put({ _id: 'a' }, 'always')).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(store.collection({ name: 'more', indexes: [] })).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await store.deficiencies()).toMatchObject([{ severity: 'unavailable' }]);
  });

  it('refuses files of a later layout', async () => {
    await store.close();
    const environment = open({
      path: join(directory, 'documents'),
      noSubdir: false,
      overlappingSync: false,
      maxDbs: 4,
    });
    await environment.openDB<number, string>('catalogue', { encoding: 'json' }).put(':format', 2);
    await environment.close();
    await expect(EmbeddedDocumentStore.open(directory)).rejects.toMatchObject({ kind: 'newer-schema' });
    const repaired = open({ path: join(directory, 'documents'), noSubdir: false, overlappingSync: false, maxDbs: 4 });
    await repaired.openDB<number, string>('catalogue', { encoding: 'json' }).put(':format', 1);
    await repaired.close();
    store = await EmbeddedDocumentStore.open(directory);
  });
});
