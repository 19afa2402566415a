import { describe, expect, it } from '@jest/globals';
import { ManualClock } from './manual-clock.js';

describe('ManualClock', () => {
  it('fires timers in the order of their times, each at its own time', () => {
    const clock = new ManualClock(1000);
    const fired: [string, number][] = [];
    clock.after(20, () => fired.push(['b', clock.now()]));
    clock.after(10, () => fired.push(['a', clock.now()]));
    clock.after(30, () => fired.push(['c', clock.now()]));
    clock.advance(25);
    expect(fired).toEqual([
      ['a', 1010],
      ['b', 1020],
    ]);
    expect(clock.monotonic()).toBe(25);
  });

  it('repeats a period until it is cancelled', () => {
    const clock = new ManualClock();
    let count = 0;
    const timer = clock.every(10, () => {
      count++;
    });
    clock.advance(35);
    timer.cancel();
    clock.advance(100);
    expect(count).toBe(3);
  });

  it('fires a timer that an action starts within the span advanced', () => {
    const clock = new ManualClock();
    let inner = -1;
    clock.after(10, () => {
      clock.after(5, () => {
        inner = clock.monotonic();
      });
    });
    clock.advance(20);
    expect(inner).toBe(15);
  });
});
