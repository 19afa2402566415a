import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Collection, DocumentStore } from '@mooring/document-store';
import fc from 'fast-check';
import type { TwinRecord } from '../store/twin-record.js';
import { embeddedDocuments, QUERY_MAX_MS, QueryFixture, twinLike } from './testing/query-fixture.js';

const COUNT = 600;

describe('pages of queries', () => {
  let documents: { readonly store: DocumentStore; close(): Promise<void> };
  let fixture: QueryFixture;
  beforeAll(async () => {
    documents = await embeddedDocuments();
    fixture = await QueryFixture.open(documents.store, ['tags.odd']);
    await fixture.put(stable().map((deviceId, n) => twinLike({ deviceId, tags: { odd: n % 2, n } })));
  });
  afterAll(() => documents.close());

  const ask = (query: string, pageSize: number, continuation = '') =>
    fixture.executor.query({ query, pageSize, continuation });
  const idsOf = (items: readonly Uint8Array[]) =>
    items.map((item) => (JSON.parse(Buffer.from(item).toString()) as { readonly deviceId: string }).deviceId);

  it.each([
    ['an exact filter', 'SELECT * FROM devices WHERE tags.odd = 1'],
    ['a residual', 'SELECT * FROM devices WHERE tags.n % 2 = 1'],
    ['a projection', 'SELECT deviceId FROM devices WHERE tags.odd = 1'],
  ])('with %s hold what stays exactly once, whatever comes and goes', async (_, query) => {
    const seen: string[] = [];
    let continuation = '';
    let turn = 0;
    do {
      const page = await ask(query, 40, continuation);
      expect(page.items.length).toBeLessThanOrEqual(40);
      seen.push(...idsOf(page.items));
      continuation = page.continuation;
      turn++;
      const behind = `d0000-passing${turn}`;
      const ahead = `d9999-passing${turn}`;
      await fixture.put([behind, ahead].map((deviceId) => twinLike({ deviceId, tags: { odd: 1, n: 1 } })));
      await fixture.collection.delete(`d9999-passing${turn - 1}`, 'always');
    } while (continuation !== '');
    expect(seen.filter((id) => !id.includes('passing'))).toEqual(stable().filter((_id, n) => n % 2 === 1));
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('are of the size asked for, 100 by default', async () => {
    expect((await ask('SELECT * FROM devices', 0)).items).toHaveLength(100);
    expect((await ask('SELECT * FROM devices', 7)).items).toHaveLength(7);
    const large = await ask('SELECT * FROM devices', 1_000);
    expect(large.items.length).toBeGreaterThanOrEqual(COUNT);
    expect(large.continuation).toBe('');
    for (const size of [-1, 1_001, 1.5]) {
      await expect(ask('SELECT * FROM devices', size)).rejects.toMatchObject({ error: 'ArgumentInvalid' });
    }
  });

  it('end where TOP is reached', async () => {
    for (const where of ['tags.odd = 1', 'tags.n % 2 = 1']) {
      expect(await fixture.all(`SELECT TOP 90 * FROM devices WHERE ${where}`, 40)).toHaveLength(90);
    }
    const only = await ask('SELECT TOP 5 * FROM devices', 5);
    expect(only.continuation).toBe('');
  });

  it('end early where an answer could hold no more', async () => {
    const text = 'x'.repeat(4_000);
    const large = Array.from({ length: 7 }, (_, n) => [`p${n}`, text]);
    const reported = Object.fromEntries(large);
    await fixture.put(
      Array.from({ length: 100 }, (_, n) => twinLike({ deviceId: `large${n}`, reported, tags: { large: true } })),
    );
    const page = await ask('SELECT * FROM devices WHERE tags.large = true', 1_000);
    expect(page.items.length).toBeLessThan(100);
    expect(page.continuation).not.toBe('');
    expect(
      await fixture.all('SELECT deviceId, properties.reported FROM devices WHERE tags.large = true', 1_000),
    ).toHaveLength(100);
  });

  it('take a token of the same query only, however it is written', async () => {
    const { continuation } = await ask('SELECT * FROM devices WHERE tags.odd = 1', 10);
    const again = await ask("select  *  from devices where (tags['odd']=1.0)", 10, continuation);
    expect(again.items).toHaveLength(10);
    for (const other of [
      'SELECT * FROM devices WHERE tags.odd = 0',
      'SELECT TOP 50 * FROM devices WHERE tags.odd = 1',
    ]) {
      await expect(ask(other, 10, continuation)).rejects.toMatchObject({ error: 'ArgumentInvalid' });
    }
  });

  it('refuse whatever is no token', async () => {
    const { continuation } = await ask('SELECT TOP 50 * FROM devices', 10);
    const [hash] = JSON.parse(Buffer.from(continuation, 'base64url').toString()) as [string];
    const forged = (...parts: readonly unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
    const refused = [
      forged(hash, '', 1),
      forged(hash, '漢'.repeat(400), 1),
      forged(hash, '\ud800', 1),
      forged(hash, 5, 1),
      forged(hash, 'd', 0),
      forged(hash, 'd', 51),
      forged(hash, 'd', 1.5),
      forged(hash, 'd', '1'),
      forged(hash, 'd', 1, 1),
      forged(hash, 'd'),
      forged('', 'd', 1),
      forged(),
      'x'.repeat(5_000),
      `${continuation}=`,
    ];
    for (const token of refused) {
      await expect(ask('SELECT TOP 50 * FROM devices', 10, token)).rejects.toMatchObject({ error: 'ArgumentInvalid' });
    }
    expect((await ask('SELECT TOP 50 * FROM devices', 10, forged(hash, 'd', 3))).items).toHaveLength(3);
    const anyToken = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.base64String({ minLength: 1 }),
      fc.array(fc.oneof(fc.constant(hash), fc.jsonValue()), { maxLength: 4 }).map((parts) => forged(...parts)),
    );
    await fc.assert(
      fc.asyncProperty(anyToken, async (token) => {
        const [settled] = await Promise.allSettled([ask('SELECT TOP 50 * FROM devices', 10, token)]);
        if (settled?.status === 'rejected') {
          expect(settled.reason).toMatchObject({ error: 'ArgumentInvalid' });
        }
      }),
      { numRuns: 200 },
    );
  });

  it('end with what they have when time is up, and are refused when that is nothing', async () => {
    const { clock, collection } = fixture;
    const slow = (pages: number): Collection<TwinRecord> =>
      Object.assign(Object.create(collection) as Collection<TwinRecord>, {
        page: (query: Parameters<typeof collection.page>[0]) => {
          clock.advance(QUERY_MAX_MS / pages);
          return collection.page(query);
        },
        count: (...query: Parameters<typeof collection.count>) => {
          clock.advance(QUERY_MAX_MS / pages);
          return collection.count(...query);
        },
      });
    const residual = { query: 'SELECT * FROM devices WHERE tags.n % 300 = 1', pageSize: 100, continuation: '' };
    const part = await fixture.executorOver(slow(2)).query(residual);
    expect(part.items.length).toBeLessThan((await fixture.all(residual.query)).length);
    expect(part.continuation).not.toBe('');
    expect((await ask(residual.query, 100, part.continuation)).continuation).toBe('');
    for (const query of [residual.query, 'SELECT COUNT() FROM devices', 'SELECT AVG(tags.n) FROM devices']) {
      const late = fixture.executorOver(slow(1)).query({ ...residual, query });
      await expect(late).rejects.toMatchObject({
        error: 'ArgumentInvalid',
        message: expect.stringContaining('took longer than 10 s'),
      });
    }
  });
});

function stable(): string[] {
  return Array.from({ length: COUNT }, (_, n) => `d${String(n).padStart(4, '0')}`);
}
