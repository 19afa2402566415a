import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import { readiness } from './readiness.js';

describe('readiness', () => {
  it('is ready where nothing is wrong', async () => {
    const checks = [{ name: 'event log', check: async () => [] }];
    expect(await readiness(checks, new ManualClock())).toEqual({ ready: true, deficiencies: [] });
  });

  it('stays ready, and says so, where a dependency is weaker than promised', async () => {
    const checks = [{ name: 'event log', check: async () => [{ severity: 'weak' as const, message: 'one replica' }] }];
    expect(await readiness(checks, new ManualClock())).toEqual({
      ready: true,
      deficiencies: [{ dependency: 'event log', severity: 'weak', message: 'one replica' }],
    });
  });

  it('names a dependency that is unavailable, fails or does not answer', async () => {
    const clock = new ManualClock();
    const asked = readiness(
      [
        { name: 'a', check: async () => [{ severity: 'unavailable' as const, message: 'gone' }] },
        { name: 'b', check: () => Promise.reject(new Error('refused')) },
        { name: 'c', check: () => new Promise(() => undefined) },
      ],
      clock,
    );
    // The others have answered before the time of the third is over.
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(3_000);
    const { ready, deficiencies } = await asked;
    expect(ready).toBe(false);
    expect(deficiencies.map(({ dependency, message }) => `${dependency}: ${message}`)).toEqual([
      'a: gone',
      'b: refused',
      'c: no answer within 3 s',
    ]);
  });
});
