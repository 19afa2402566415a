import { describe, expect, it } from '@jest/globals';
import { BatchSize } from './batch-size.js';

describe('BatchSize', () => {
  it('grows step by step while records are small, never beyond the credit', () => {
    const size = new BatchSize();
    const sizes = Array.from({ length: 8 }, () => {
      const next = size.next(1_000);
      size.read(next, next * 256);
      return next;
    });
    expect(sizes).toEqual([16, 32, 64, 128, 256, 500, 500, 500]);
    expect(size.next(7)).toBe(7);
    expect(size.next(0)).toBe(1);
  });

  it('shrinks at once when records are large', () => {
    const size = new BatchSize();
    size.read(16, 16 * 256 * 1024);
    expect(size.next(1_000)).toBe(1);
  });
});
