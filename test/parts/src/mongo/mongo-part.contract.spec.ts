import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Collection, MongoBulkWriteError, MongoClient } from 'mongodb';
import { type MongoPart, startMongo } from './mongo-part.js';

interface Thing {
  _id: string;
  n?: number;
  a?: number;
  b?: number;
}

let part: MongoPart;
let client: MongoClient;
let things: Collection<Thing>;

async function connect(): Promise<void> {
  client = new MongoClient(part.url, {
    writeConcern: { w: 'majority', journal: true },
    serverSelectionTimeoutMS: 3000,
  });
  things = client.db('test').collection<Thing>('things');
}

beforeAll(async () => {
  part = await startMongo({ durable: true });
  await connect();
}, 60_000);

afterAll(async () => {
  await client.close();
  await part.close();
});

test('has every write that it has acknowledged after a kill', async () => {
  let acknowledged = 0;
  const inserting = (async () => {
    for (; ; acknowledged += 1) {
      await things.insertOne({ _id: `kept-${acknowledged}` });
    }
  })().catch(() => undefined);
  while (acknowledged < 200) {
    await new Promise(setImmediate);
  }
  await part.kill();
  await client.close();
  await inserting;
  await part.start();
  await connect();
  expect(await things.countDocuments({ _id: /^kept-/ })).toBeGreaterThanOrEqual(acknowledged);
});

test('loses no update among concurrent compare-and-set writers', async () => {
  await things.insertOne({ _id: 'counter', n: 0 });
  const increment = async (): Promise<void> => {
    const found = await things.findOne({ _id: 'counter' });
    const n = found?.n ?? 0;
    const { modifiedCount } = await things.updateOne({ _id: 'counter', n }, { $set: { n: n + 1 } });
    return modifiedCount === 1 ? undefined : increment();
  };
  await Promise.all(Array.from({ length: 50 }, increment));
  expect(await things.findOne({ _id: 'counter' })).toEqual({ _id: 'counter', n: 50 });
});

test('never shows a document half changed', async () => {
  await things.insertOne({ _id: 'pair', a: 0, b: 0 });
  const write = async (): Promise<void> => {
    for (let i = 1; i <= 100; i += 1) {
      await things.updateOne({ _id: 'pair' }, { $set: { a: i, b: i } });
    }
  };
  const read = async (): Promise<void> => {
    for (let i = 1; i <= 100; i += 1) {
      const pair = await things.findOne({ _id: 'pair' });
      expect(pair?.a).toBe(pair?.b);
    }
  };
  await Promise.all([write(), read(), read()]);
});

test('counts what was inserted besides duplicates, in order and not', async () => {
  await things.insertOne({ _id: 'there' });
  const insert = (prefix: string, ordered: boolean) =>
    things
      .insertMany([{ _id: `${prefix}1` }, { _id: 'there' }, { _id: `${prefix}2` }], { ordered })
      .then(() => 'inserted')
      .catch((error: unknown) => (error instanceof MongoBulkWriteError ? [error.code, error.insertedCount] : error));
  expect(await insert('ordered', true)).toEqual([11000, 1]);
  expect(await insert('unordered', false)).toEqual([11000, 2]);
});

test('stops an ordered bulk of updates at the first that fails', async () => {
  await things.insertOne({ _id: 'bulk', n: 0 });
  const failing = { updateOne: { filter: { _id: 'bulk' }, update: { $set: { _id: 'other' } } } };
  const counting = { updateOne: { filter: { _id: 'bulk' }, update: { $inc: { n: 1 } } } };
  await expect(things.bulkWrite([counting, failing, counting])).rejects.toBeInstanceOf(MongoBulkWriteError);
  expect((await things.findOne({ _id: 'bulk' }))?.n).toBe(1);
});

describe('refuses what the server would ignore:', () => {
  const uses: Record<string, () => Promise<unknown>> = {
    'a collation': () => things.find({}, { collation: { locale: 'en' } }).toArray(),
    'a pipeline update': () => things.updateOne({ _id: 'x' }, [{ $set: { n: 1 } }]),
    'a pipeline in findAndModify': () => things.findOneAndUpdate({ _id: 'x' }, [{ $set: { n: 1 } }]),
    'a partial index': () => things.createIndex({ n: 1 }, { partialFilterExpression: { n: { $gt: 1 } } }),
    'a TTL index': () => things.createIndex({ n: 1 }, { expireAfterSeconds: 1 }),
    'a text index': () => things.createIndex({ n: 'text' }),
    'a validator': () => client.db('test').createCollection('v', { validator: { n: 1 } }),
    'a capped collection': () => client.db('test').createCollection('v', { capped: true, size: 1 }),
    'a change stream': () => things.watch().next(),
    $out: () => things.aggregate([{ $out: 'elsewhere' }]).toArray(),
    'a transaction': () =>
      client.db('test').command({ insert: 'things', documents: [{ _id: 't' }], txnNumber: 1, autocommit: false }),
  };
  test.each(Object.keys(uses))('%s', async (use) => {
    await expect(uses[use]?.()).rejects.toMatchObject({ code: 115 });
  });
});
