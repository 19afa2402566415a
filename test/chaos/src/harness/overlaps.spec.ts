import { expect, test } from '@jest/globals';
import { longestOverlap } from './overlaps.js';

const connection = (acceptedAt: number, closedAt?: number) => ({
  address: 'edge',
  acceptedAt,
  closedAt,
  endedCleanly: true,
});

test('is the time from the acceptance of the newer to the close of the older', () => {
  expect(longestOverlap([connection(0, 10), connection(20, 50), connection(45)], 100)).toBe(5);
  expect(longestOverlap([connection(0, 10), connection(20)], 100)).toBe(0);
});

test('goes on while both are open, and ends with either', () => {
  expect(longestOverlap([connection(0), connection(20)], 100)).toBe(80);
  expect(longestOverlap([connection(0), connection(20, 30)], 100)).toBe(10);
});

test('can be counted from a later moment on', () => {
  expect(longestOverlap([connection(0), connection(20)], 100, 90)).toBe(10);
});
