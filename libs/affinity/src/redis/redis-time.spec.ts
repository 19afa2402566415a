import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import { RedisTime } from './redis-time.js';

describe('RedisTime', () => {
  it('is unknown until a reply told it, then runs with the monotonic clock', () => {
    const clock = new ManualClock(1_000_000);
    const skews: number[] = [];
    const time = new RedisTime(clock, (skewMs) => skews.push(skewMs));
    expect(time.in(100)).toBe('');
    const sentAt = clock.monotonic();
    clock.advance(20);
    // Read half-way, at 1,000,010, on a clock that is five seconds ahead.
    time.observe('1005010000', sentAt);
    expect(skews).toEqual([5000]);
    expect(time.in(0)).toBe('1005020000');
    clock.advance(1);
    expect(time.in(100)).toBe('1005121000');
  });
});
