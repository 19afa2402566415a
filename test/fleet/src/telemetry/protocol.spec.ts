import { expect, test } from '@jest/globals';
import { Random } from '../random.js';
import { anyProtocol, PROTOCOLS } from './protocol.js';

test('a mixed fleet speaks every protocol, and the same ones for the same seed', () => {
  const fleet = (seed: number) => {
    const random = new Random(seed);
    return Array.from({ length: 50 }, () => anyProtocol(random));
  };
  expect(new Set(fleet(3))).toEqual(new Set(PROTOCOLS));
  expect(fleet(3)).toEqual(fleet(3));
  expect(fleet(3)).not.toEqual(fleet(4));
});
