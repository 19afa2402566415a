import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import { StatisticsCounter } from './statistics.js';

/** A counter over a store whose counts take so long. */
function counting(tookMs: number) {
  const clock = new ManualClock();
  const store = { counts: 0 };
  const devices = {
    count: async (status: string) => {
      store.counts++;
      if (status === 'enabled') {
        clock.advance(tookMs);
      }
      return store.counts;
    },
  };
  return { clock, store, counter: new StatisticsCounter(devices, clock) };
}

describe('StatisticsCounter', () => {
  it('counts anew each time where that costs next to nothing', async () => {
    const { counter, store } = counting(1);
    await counter.get();
    await counter.get();
    expect(store.counts).toBe(4);
  });

  it('keeps an answer that was dear, for a while', async () => {
    const { clock, counter, store } = counting(500);
    const first = await counter.get();
    expect(await counter.get()).toEqual(first);
    expect(store.counts).toBe(2);
    clock.advance(10_000);
    await counter.get();
    expect(store.counts).toBe(4);
  });

  it('shares one count among all that ask meanwhile', async () => {
    const { counter, store } = counting(1);
    await Promise.all([counter.get(), counter.get(), counter.get()]);
    expect(store.counts).toBe(2);
  });
});
