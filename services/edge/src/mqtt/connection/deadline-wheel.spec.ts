import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DeadlineWheel, type Due } from './deadline-wheel.js';

describe('DeadlineWheel', () => {
  it('looks at everything at its tick, and once a round at what lies further ahead', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 30 }), (deadlines) => {
        const wheel = new DeadlineWheel();
        const fired: number[] = [];
        for (const deadline of deadlines) {
          const due: Due = {
            wheelSlot: undefined,
            check: (tick) => (tick >= deadline ? void fired.push(tick - Math.max(deadline, 1)) : deadline),
          };
          wheel.set(due, deadline);
        }
        for (let tick = 0; tick < 5_000; tick++) {
          wheel.turn();
        }
        expect(fired).toEqual(deadlines.map(() => 0));
      }),
      { numRuns: 20 },
    );
  });

  it('forgets what was set before, and what was removed', () => {
    const wheel = new DeadlineWheel();
    const seen: number[] = [];
    const due: Due = { wheelSlot: undefined, check: (tick) => void seen.push(tick) };
    wheel.set(due, 2);
    wheel.set(due, 5);
    for (let tick = 0; tick < 6; tick++) {
      wheel.turn();
    }
    expect(seen).toEqual([5]);
    wheel.set(due, 8);
    wheel.remove(due);
    for (let tick = 0; tick < 6; tick++) {
      wheel.turn();
    }
    expect(seen).toEqual([5]);
  });
});
