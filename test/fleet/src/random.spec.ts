import { expect, test } from '@jest/globals';
import { Random } from './random.js';

const draws = (random: Random) => Array.from({ length: 1000 }, () => random.below(10));

test('repeats itself for the same seed, and only then', () => {
  expect(draws(new Random(7))).toEqual(draws(new Random(7)));
  expect(draws(new Random(7))).not.toEqual(draws(new Random(8)));
  expect(draws(new Random(7).fork())).not.toEqual(draws(new Random(7)));
});

test('draws all that it may and nothing else', () => {
  expect([...new Set(draws(new Random(1)))].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});
