import { describe, expect, it } from '@jest/globals';
import { isHubError } from '@mooring/errors';
import fc from 'fast-check';
import { parseSelector } from './selector.js';

const A = 'amqp.annotation.';

describe('parseSelector', () => {
  it.each([
    [`${A}x-opt-offset > '@latest'`, { by: 'latest' }],
    [`${A}x-opt-offset > '-1'`, { by: 'earliest' }],
    [`${A}x-opt-offset >= '-1'`, { by: 'earliest' }],
    [`${A}x-opt-offset > '5'`, { by: 'offset', value: 5, inclusive: false }],
    [`${A}x-opt-offset >= '5'`, { by: 'offset', value: 5, inclusive: true }],
    [`${A}x-opt-offset>5`, { by: 'offset', value: 5, inclusive: false }],
    [`  ${A}X-Opt-Offset   >=  5  `, { by: 'offset', value: 5, inclusive: true }],
    [`${A}x-opt-sequence-number > '7'`, { by: 'sequence-number', value: 7, inclusive: false }],
    [`${A}x-opt-sequence-number > '-1'`, { by: 'earliest' }],
    [`${A}x-opt-enqueued-time > '1700000000000'`, { by: 'enqueued-time', value: 1_700_000_000_000, inclusive: false }],
    [`${A}x-opt-enqueued-time >= '1700000000000'`, { by: 'enqueued-time', value: 1_700_000_000_000, inclusive: true }],
    [`${A}x-opt-enqueuedtimeutc > 1700000000000`, { by: 'enqueued-time', value: 1_700_000_000_000, inclusive: false }],
    [
      `${A}x-opt-enqueuedtimeutc > 1700000000000.25`,
      { by: 'enqueued-time', value: 1_700_000_000_000, inclusive: false },
    ],
  ])('reads %s', (text, expected) => {
    expect(parseSelector(text)).toEqual(expected);
  });

  it.each([
    '',
    'x-opt-offset > 5',
    `${A}x-opt-offset < '5'`,
    `${A}x-opt-offset = '5'`,
    `${A}x-opt-partition-key > '5'`,
    `${A}x-opt-offset > '5' AND ${A}x-opt-offset > '6'`,
    `${A}x-opt-offset > 'x'`,
    `${A}x-opt-offset > ''`,
    `${A}x-opt-offset > '5`,
    `${A}x-opt-sequence-number > '@latest'`,
    `${A}x-opt-offset > '9999999999999999999'`,
    `${A}x-opt-offset > '0x10'`,
    `${A}x-opt-offset > '5'${' '.repeat(300)}`,
  ])('refuses %s', (text) => {
    expect(() => parseSelector(text)).toThrow(expect.objectContaining({ error: 'ArgumentInvalid' }));
  });

  it('reads what clients write and gives any other text its own error', () => {
    const piece = fc.constantFrom(A, 'x-opt-offset', 'x-opt-enqueued-time', '>', '>=', ' ', "'", '@latest', '-1', '12');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join('')),
        ),
        (text) => {
          try {
            const start = parseSelector(text);
            if ('value' in start) {
              expect(Number.isSafeInteger(start.value) && start.value >= 0).toBe(true);
            }
          } catch (error) {
            expect(isHubError(error)).toBe(true);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
