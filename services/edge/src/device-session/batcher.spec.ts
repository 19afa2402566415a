import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import fc from 'fast-check';
import { Batcher } from './batcher.js';

const common = { concurrency: 1, maxWaiting: 1_000, intervalMs: 0, clock: new ManualClock() };

describe('a batch', () => {
  it('is as heavy as it may be, in the order in which items were added, and each item has its own result', async () => {
    const weights = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(weights, async (items) => {
        const batches: (readonly number[])[] = [];
        const batcher = new Batcher<number, string>({
          ...common,
          call: async (batch) => {
            batches.push(batch);
            return batch.map((weight) => `${weight}`);
          },
          maxBatch: 10,
          weigh: (weight) => weight,
          maxWeight: 15,
        });
        expect(await Promise.all(items.map((item) => batcher.add(item)))).toEqual(items.map(String));
        expect(batches.flat()).toEqual(items);
        for (const [index, batch] of batches.entries()) {
          const weight = batch.reduce((sum, each) => sum + each, 0);
          expect(batch.length === 1 || weight <= 15).toBe(true);
          expect(batch.length).toBeLessThanOrEqual(10);
          const next = batches[index + 1]?.[0];
          expect(next === undefined || batch.length === 10 || weight + next > 15).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('holds no more than may wait', async () => {
    const call = () => new Promise<readonly number[]>(() => undefined);
    const batcher = new Batcher<number, number>({ ...common, call, maxBatch: 1, maxWaiting: 2 });
    void batcher.add(1);
    void batcher.add(2);
    await expect(batcher.add(3)).rejects.toThrow('too many');
  });
});
