import { randomInt } from 'node:crypto';

const RANDOM_DIGITS = 5;

/**
 * A generation id: digits that no earlier device or module of the same id had, even where the clock went back.
 *
 * @param now milliseconds since the Unix epoch
 */
export function newGeneration(now: number): string {
  return `${Math.trunc(now)}${String(randomInt(10 ** RANDOM_DIGITS)).padStart(RANDOM_DIGITS, '0')}`;
}
