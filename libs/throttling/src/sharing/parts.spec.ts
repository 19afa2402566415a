import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Demand, partsOf } from './parts.js';

const demand = (perSecond: number, more: Partial<Demand> = {}): Demand => ({
  perSecond,
  isShort: false,
  senders: 1,
  ...more,
});
const rounded = (parts: readonly number[]) => parts.map((part) => Math.round(part * 100) / 100);

describe('the parts of a limit', () => {
  it('are all of it for one, and equal where nobody wants anything', () => {
    expect(rounded(partsOf([demand(0)], 100))).toEqual([1]);
    expect(rounded(partsOf([demand(0), demand(0)], 100))).toEqual([0.5, 0.5]);
  });

  it('go to where they are wanted', () => {
    const [busy = 0, idle = 0] = partsOf([demand(60, { senders: 10 }), demand(4, { senders: 10 })], 100);
    expect(busy).toBeGreaterThan(0.7);
    expect(idle).toBeGreaterThan(0.05);
  });

  it('leave a process with many senders at their rate while one sender floods another', () => {
    const honest = demand(50, { senders: 100 });
    const noisy = demand(50, { isShort: true, senders: 1 });
    const [kept = 0, rest = 0] = partsOf([honest, noisy], 100);
    expect(kept * 100).toBeGreaterThan(50 * 1.25);
    expect(rest).toBeGreaterThan(0.3);
  });

  it('are as the senders where all want more', () => {
    const parts = partsOf([demand(1, { isShort: true, senders: 90 }), demand(1, { isShort: true, senders: 10 })], 100);
    expect(rounded(parts)).toEqual([0.86, 0.14]);
  });

  it('are 1 together, and none is nothing', () => {
    const demands = fc.array(
      fc.record({
        perSecond: fc.double({ min: 0, max: 1e6, noNaN: true }),
        isShort: fc.boolean(),
        senders: fc.nat(1e6),
      }),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(demands, fc.double({ min: 0.1, max: 1e6, noNaN: true }), (all, perSecond) => {
        const parts = partsOf(all, perSecond);
        expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 6);
        for (const part of parts) {
          expect(part).toBeGreaterThanOrEqual(0.1 / all.length - 1e-9);
        }
      }),
    );
  });
});
