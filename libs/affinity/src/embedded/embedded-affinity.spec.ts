import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import { EmbeddedAffinity } from './embedded-affinity.js';

/** A clock whose wall time a test sets. */
class SetClock extends ManualClock {
  offsetMs = 0;

  override now(): number {
    return super.now() + this.offsetMs;
  }
}

describe('EmbeddedAffinity', () => {
  it('gives greater epochs after the wall clock was set back, held or released', async () => {
    const clock = new SetClock();
    const affinity = new EmbeddedAffinity(clock);
    const holder = { edge: 'e', incarnation: 'i', connection: 'c' };
    const first = await affinity.claim('d', holder);
    clock.offsetMs = -3_600_000;
    const second = await affinity.claim('d', holder);
    await affinity.release('d', second.epoch);
    const third = await affinity.claim('d', holder);
    expect(first.epoch).toBeLessThan(second.epoch);
    expect(second.epoch).toBeLessThan(third.epoch);
  });

  it('starts epochs at the time in microseconds, so that a restart never hands out an old one', async () => {
    const clock = new ManualClock(1000);
    const holder = { edge: 'e', incarnation: 'i', connection: 'c' };
    expect(await new EmbeddedAffinity(clock).claim('d', holder)).toEqual({ epoch: 1_000_000 });
  });

  it('goes by the monotonic clock with leases', async () => {
    const clock = new SetClock();
    const affinity = new EmbeddedAffinity(clock);
    await affinity.renewLease({ process: 'e', incarnation: 'i' }, 1000);
    clock.offsetMs = 3_600_000;
    expect(await affinity.liveProcesses()).toHaveLength(1);
    clock.advance(1000);
    expect(await affinity.liveProcesses()).toHaveLength(0);
  });

  it('is always sure of an absence', async () => {
    expect(await new EmbeddedAffinity(new ManualClock()).locate(['d'])).toEqual({
      holders: [undefined],
      complete: true,
    });
  });
});
