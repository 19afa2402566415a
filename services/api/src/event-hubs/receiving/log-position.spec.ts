import { describe, expect, it } from '@jest/globals';
import { logPosition } from './log-position.js';

const partition = { beginningOffset: 3, nextOffset: 10, last: { offset: 9, timestamp: 1_000 } };

describe('logPosition', () => {
  it('turns what comes after into where to begin', () => {
    expect(logPosition({ by: 'earliest' }, partition)).toBe('earliest');
    expect(logPosition({ by: 'latest' }, partition)).toBe('latest');
    expect(logPosition({ by: 'offset', value: 5, inclusive: false }, partition)).toEqual({ offset: 6 });
    expect(logPosition({ by: 'sequence-number', value: 5, inclusive: true }, partition)).toEqual({ offset: 5 });
    expect(logPosition({ by: 'enqueued-time', value: 5, inclusive: false }, partition)).toEqual({ timestamp: 6 });
    expect(logPosition({ by: 'enqueued-time', value: 5, inclusive: true }, partition)).toEqual({ timestamp: 5 });
  });

  it('waits after the last event, but not after one that was never there', () => {
    expect(logPosition({ by: 'offset', value: 9, inclusive: false }, partition)).toEqual({ offset: 10 });
    expect(() => logPosition({ by: 'offset', value: 10, inclusive: false }, partition)).toThrow(
      expect.objectContaining({ error: 'ArgumentInvalid' }),
    );
  });
});
