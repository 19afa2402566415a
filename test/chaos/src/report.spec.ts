import { expect, test } from '@jest/globals';
import { report } from './report.js';
import type { Scenario } from './scenario.js';

const scenario: Scenario = {
  name: 'burn',
  promise: 'nothing burns',
  run: () => Promise.reject(new Error('not run here')),
};
const outcome = { injected: 'fire', backMs: 1_250, broken: [] };
const twoWay = { messages: 5, calls: 6, changes: 7, violations: [] };
const verdict = { acknowledged: 7, stored: 9, lost: [], outOfOrder: [], duplicated: 2 };

test('is a table of what was injected and what came of it', () => {
  const [headings, , row] = report([{ scenario, outcome, verdict, twoWay, highestMiB: 99.6, failures: [] }]).split(
    '\n',
  );
  expect(headings?.split(/ {2,}/)).toEqual([
    'scenario',
    'injected',
    'acknowledged',
    'lost',
    'out of order',
    'duplicated',
    'to devices',
    'back after',
    'highest RSS',
    'verdict',
  ]);
  expect(row?.split(/ {2,}/)).toEqual(['burn', 'fire', '7', '0', '0', '2', '5 6 7', '1.3 s', '100 MiB', 'held']);
});

test('says of what did not hold why, and where its event log lies', () => {
  const text = report([{ scenario, highestMiB: 1, failures: ['it burnt'], record: '/records/burn-1' }]);
  expect(text).toContain('BROKEN');
  expect(text).toContain('burn: nothing burns\n  it burnt\n  event log: /records/burn-1\n');
});
