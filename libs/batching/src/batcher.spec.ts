import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import fc from 'fast-check';
import { Batcher } from './batcher.js';

const common = { concurrency: 1, maxWaiting: 1_000 };

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
    await expect(batcher.add(3)).rejects.toMatchObject({ error: 'ServiceUnavailable' });
  });

  it('begins at once after a pause, and otherwise waits for what the interval brings', async () => {
    const clock = new ManualClock();
    const batches: (readonly number[])[] = [];
    const batcher = new Batcher<number, number>({
      ...common,
      call: async (items) => {
        batches.push(items);
        return items;
      },
      maxBatch: 10,
      pace: { intervalMs: 10, clock },
    });
    await batcher.add(1);
    const later = [batcher.add(2)];
    clock.advance(9);
    later.push(batcher.add(3));
    clock.advance(1);
    await Promise.all(later);
    clock.advance(20);
    await batcher.add(4);
    expect(batches).toEqual([[1], [2, 3], [4]]);
  });

  it('fails as its call does, for each of its items, and the next one goes on', async () => {
    const call = async (items: readonly number[]): Promise<readonly number[]> => {
      if (items.includes(13)) {
        throw new Error('unlucky');
      }
      return items.filter((item) => item !== 7);
    };
    const batcher = new Batcher<number, number>({ ...common, call, maxBatch: 2 });
    const outcomes = await Promise.allSettled([1, 13, 3, 7, 5].map((item) => batcher.add(item)));
    expect(outcomes.map(({ status }) => status)).toEqual([
      ...['rejected', 'rejected'],
      // An answer too few belongs to nobody knows whom.
      ...['rejected', 'rejected'],
      'fulfilled',
    ]);
  });
});
