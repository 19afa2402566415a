import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { MongoCollection, openDocumentStore } from '@mooring/document-store';
import { isGivenPart, sharedParts } from '@mooring/test-parts';
import { planQuery } from './query-plan.js';
import { QueryFixture, twinLike } from './testing/query-fixture.js';
import { queryLaw } from './testing/query-law.js';

const COUNT = 20_000;
const BATCH = 1_000;

async function open() {
  const database = `twin-query-${randomBytes(6).toString('hex')}`;
  const store = await openDocumentStore({ kind: 'mongodb', url: sharedParts().mongoUrl, database });
  return { store, close: () => store.close() };
}

queryLaw("MongoDB's protocol", { open, numRuns: 4, seed: 20_261_124 });

// What stands in for MongoDB otherwise has no planner to ask.
if (isGivenPart('mongo')) {
  describe('queries over many twins on MongoDB', () => {
    it('look at what they find where an index serves', async () => {
      const { store, close } = await open();
      const fixture = await QueryFixture.open(store, ['tags.building']);
      const { collection } = fixture;
      if (!(collection instanceof MongoCollection)) {
        throw new Error('This spec is about MongoDB.');
      }
      for (let from = 0; from < COUNT; from += BATCH) {
        const numbers = Array.from({ length: BATCH }, (_, at) => from + at);
        await fixture.put(numbers.map((n) => twinLike({ deviceId: `d${n}`, tags: { building: `b${n % 500}` } })));
      }
      for (const condition of ["tags.building = 'b7'", "tags.building IN ['b7', 'b9']", "deviceId = 'd7'"]) {
        const { filter } = planQuery(`SELECT * FROM devices WHERE ${condition}`);
        const { examined, returned } = await collection.explainPage({ filter, limit: 1_000 });
        expect(returned).toBeGreaterThan(0);
        expect(examined).toBe(returned);
      }
      await close();
    }, 300_000);
  });
}
