import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type FaultProxy, sharedParts, startFaultProxy, until } from '@mooring/test-parts';
import { MongoClient } from 'mongodb';
import { type Entry, newName } from '../contract/contract-subject.js';
import type { Collection, Write } from '../port.js';
import { MongoDocumentStore } from './mongo-document-store.js';

describe('MongoDocumentStore behind a failing network', () => {
  const database = `lost-${randomBytes(6).toString('hex')}`;
  let proxy: FaultProxy;
  let store: MongoDocumentStore;
  let things: Collection<Entry>;
  let direct: MongoClient;
  let name: string;

  beforeAll(async () => {
    direct = await MongoClient.connect(sharedParts().mongoUrl);
  });
  afterAll(async () => {
    await direct.db(database).dropDatabase();
    await direct.close();
  });
  beforeEach(async () => {
    const { hostname, port } = new URL(sharedParts().mongoUrl);
    proxy = await startFaultProxy({ target: { host: hostname, port: Number(port) } });
    store = new MongoDocumentStore({
      url: `mongodb://${proxy.address}/?directConnection=true&heartbeatFrequencyMS=500`,
      database,
      operationTimeoutMs: 2_000,
      retryMs: 10_000,
    });
    name = newName();
    things = await store.collection<Entry>({ name, indexes: [] });
    await things.get('connected');
  });
  afterEach(async () => {
    await store.close();
    await proxy.close();
  });

  /** Lets the server apply what `action` sends, but breaks the connections before any answer gets through. */
  const losingReplies = async <T>(action: () => Promise<T>, applied: () => Promise<boolean>): Promise<T> => {
    proxy.answers('swallow');
    const result = action();
    await until(applied, { what: 'the server to apply it', timeoutMs: 5_000 });
    proxy.answers('forward');
    proxy.reset();
    return result;
  };

  /** Whether the server has a document, with a field if one is named. */
  const has = (id: string, field?: string) => async () => {
    const filter = field === undefined ? { _id: id } : { _id: id, [`d.${field}`]: { $exists: true } };
    return (await direct.db(database).collection<{ _id: string }>(name).countDocuments(filter)) > 0;
  };

  it('recognises an insert whose reply was lost', async () => {
    const outcome = await losingReplies(() => things.put({ _id: 'new', n: 1 }, 'absent'), has('new'));
    expect(outcome).toEqual({ outcome: 'written', version: 1 });
    expect(await things.get('new')).toEqual({ _id: 'new', n: 1, version: 1 });
  });

  it('applies a patch once whose reply was lost', async () => {
    await things.put({ _id: 'a', list: [] }, 'absent');
    const patch = () => things.patch('a', { push: { list: 1 }, set: { patched: true } }, { version: 1 });
    expect(await losingReplies(patch, has('a', 'patched'))).toEqual({ outcome: 'written', version: 2 });
    const again = () => things.patch('a', { push: { list: 2 }, set: { again: true } }, 'always');
    expect(await losingReplies(again, has('a', 'again'))).toEqual({ outcome: 'written', version: 3 });
    expect(await things.get('a')).toMatchObject({ list: [1, 2], version: 3 });
  });

  it('answers a bulk whose reply was lost, each write once', async () => {
    await things.bulk([
      { kind: 'put', document: { _id: 'b1', list: [] }, condition: 'absent' },
      { kind: 'put', document: { _id: 'b2', list: [] }, condition: 'absent' },
    ]);
    const push = (id: string, version: number): Write<Entry> => ({
      kind: 'patch',
      id,
      changes: { push: { list: 1 }, set: { bulk: true } },
      condition: { version },
    });
    const bulk = () =>
      things.bulk([push('b1', 1), push('b2', 9), { kind: 'put', document: { _id: 'b3' }, condition: 'always' }]);
    expect(await losingReplies(bulk, has('b1', 'bulk'))).toEqual([
      { outcome: 'written', version: 2 },
      { outcome: 'refused', reason: 'version' },
      { outcome: 'written', version: 1 },
    ]);
    expect(await things.getMany(['b1', 'b2'])).toEqual(
      expect.arrayContaining([
        { _id: 'b1', list: [1], bulk: true, version: 2 },
        { _id: 'b2', list: [], version: 1 },
      ]),
    );
  });

  it('finds a server that was not there at first', async () => {
    await proxy.refuse();
    const early = new MongoDocumentStore({ url: `mongodb://${proxy.address}`, database, operationTimeoutMs: 300 });
    expect(await early.deficiencies()).toMatchObject([{ severity: 'unavailable' }]);
    await expect(early.collection({ name: newName(), indexes: [['n']] })).rejects.toMatchObject({
      kind: 'unavailable',
    });
    await proxy.accept();
    const found = await early.collection({ name: newName(), indexes: [['n']] });
    expect(await found.count({})).toBe(0);
    await early.close();
  }, 30_000);

  it('says that the server cannot be reached, and fails in bounded time', async () => {
    await proxy.refuse();
    proxy.reset();
    expect(await store.deficiencies()).toMatchObject([{ severity: 'unavailable' }]);
    await expect(things.get('a')).rejects.toMatchObject({ kind: 'unavailable' });
    await proxy.accept();
    await until(async () => (await store.deficiencies()).every(({ severity }) => severity === 'weak'), {
      what: 'the server to be found again',
      timeoutMs: 10_000,
    });
    expect(await things.put({ _id: 'later' }, 'absent')).toEqual({ outcome: 'written', version: 1 });
  }, 30_000);
});
