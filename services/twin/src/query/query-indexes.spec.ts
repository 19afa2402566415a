import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DocumentStore, EmbeddedCollection } from '@mooring/document-store';
import { queryIndexes } from './query-indexes.js';
import { embeddedDocuments, QueryFixture, twinLike } from './testing/query-fixture.js';

const COUNT = 20_000;
const BATCH = 2_000;

describe('queryIndexes', () => {
  it('puts declared paths, as they are stored, in front of those of the registry', () => {
    const declared = ['tags.site', 'properties.reported._v', 'tags.site'];
    expect(queryIndexes(declared).slice(0, 3)).toEqual([['tags.site'], ['reported.__v'], ['status']]);
  });
});

describe('queries over many twins on embedded stores', () => {
  let documents: { readonly store: DocumentStore; close(): Promise<void> };
  let fixture: QueryFixture;
  beforeAll(async () => {
    documents = await embeddedDocuments();
    fixture = await QueryFixture.open(documents.store, ['tags.building', 'properties.reported.firmware']);
    for (let from = 0; from < COUNT; from += BATCH) {
      await fixture.put(Array.from({ length: BATCH }, (_, at) => twinOf(from + at)));
    }
  }, 120_000);
  afterAll(() => documents.close());

  const twinOf = (n: number) =>
    twinLike({
      deviceId: `device-${String(n).padStart(6, '0')}`,
      tags: { building: `b${n % 500}`, floor: n % 10 },
      reported: { firmware: n },
      identity: { status: n % 1_000 === 0 ? 'disabled' : 'enabled' },
      connection: { state: n % 4_000 === 0 ? 'Connected' : 'Disconnected', lastActivityTime: 1_700_000_000_000 + n },
    });

  const examined = async (query: string, pageSize = 100) => {
    const { collection } = fixture;
    if (!(collection instanceof EmbeddedCollection)) {
      throw new Error('This spec is about the embedded store.');
    }
    const before = collection.documentsExamined;
    const found = await fixture.all(query, pageSize);
    return { found: found.length, examined: collection.documentsExamined - before };
  };

  it.each([
    ["SELECT * FROM devices WHERE tags.building = 'b7'", 40],
    ["SELECT * FROM devices WHERE tags.building = 'b7' OR tags.building = 'b9'", 80],
    ["SELECT * FROM devices WHERE tags.building IN ['b7', 'b9', 'none']", 80],
    ["SELECT * FROM devices WHERE status = 'disabled'", 20],
    ["SELECT * FROM devices WHERE connectionState = 'Connected'", 5],
    ["SELECT * FROM devices WHERE lastActivityTime < '2023-11-14T22:13:20.030Z'", 30],
    ['SELECT deviceId FROM devices WHERE properties.reported.firmware >= 19950', 50],
    ["SELECT * FROM devices WHERE STARTSWITH(deviceId, 'device-01234')", 10],
    ["SELECT * FROM devices WHERE deviceId IN ['device-000001', 'device-000002', 'none']", 2],
    ["SELECT * FROM devices WHERE deviceId = 'device-000001' AND tags.floor = 1", 1],
  ])('%s looks at what it finds', async (query, count) => {
    expect(await examined(query)).toEqual({ found: count, examined: count });
  });

  it('looks at the candidates of an index for what no filter tells, and for further conditions', async () => {
    expect(await examined("SELECT * FROM devices WHERE tags.building = 'b7' AND tags.floor + 1 = 8")).toEqual({
      found: 40,
      examined: 40,
    });
    expect(await examined("SELECT * FROM devices WHERE tags.building = 'b8' AND tags.floor != 8")).toEqual({
      found: 0,
      examined: 40,
    });
  });

  it('reads about as much as there is on each of many pages', async () => {
    const { found, examined: read } = await examined(
      "SELECT deviceId FROM devices WHERE STARTSWITH(tags.building, 'b1')",
      1_000,
    );
    expect(found).toBe(4_440);
    expect(read).toBeLessThan(COUNT * 1.1);
    const all = await examined('SELECT deviceId FROM devices', 1_000);
    expect(all.found).toBe(COUNT);
    expect(all.examined).toBeLessThan(COUNT * 1.05);
  });

  it('counts no more than it has to', async () => {
    expect(await examined('SELECT COUNT() FROM devices')).toEqual({ found: 1, examined: 0 });
    expect(await examined("SELECT COUNT() FROM devices WHERE tags.building = 'b7'")).toEqual({
      found: 1,
      examined: 40,
    });
  });
});
