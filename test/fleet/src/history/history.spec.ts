import { describe, expect, it } from '@jest/globals';
import { judge, NUMBERS } from './history.js';

const device = (acknowledged: number[]) => [{ deviceId: 'd', acknowledged: new Set(acknowledged) }];
const stored = (...numbers: number[]) => new Map([['d', numbers]]);

describe('judge', () => {
  it('finds nothing wrong with a complete history that holds repetitions', () => {
    expect(judge(device([0, 1, 2]), stored(0, 1, 0, 1, 2, 3))).toEqual({
      acknowledged: 3,
      stored: 6,
      lost: [],
      outOfOrder: [],
      duplicated: 2,
    });
  });

  it('names what was acknowledged and is not there', () => {
    expect(judge(device([0, 1, 2]), stored(0, 2)).lost).toEqual(['d/1']);
    expect(judge(device([0]), new Map()).lost).toEqual(['d/0']);
  });

  it('names a first occurrence that comes too late', () => {
    expect(judge(device([0, 1, 2]), stored(0, 2, 1)).outOfOrder).toEqual(['d/1']);
  });

  it('tells two clients of one identity apart by their numbers', () => {
    const rival = { deviceId: 'd', acknowledged: new Set([NUMBERS, NUMBERS + 1]), firstNumber: NUMBERS };
    const verdict = judge([...device([0, 1, 2]), rival], stored(0, NUMBERS, 1, NUMBERS, 2));
    expect(verdict).toMatchObject({ lost: [`d/${NUMBERS + 1}`], outOfOrder: [], duplicated: 1 });
  });
});
