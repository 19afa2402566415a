import { expect, test } from '@jest/globals';
import { countJestRun, Summary } from './summary.mjs';

const report = (numPassedTests, numFailedTests, numRuntimeErrorTestSuites) => ({
  numPassedTests,
  numFailedTests,
  numRuntimeErrorTestSuites,
});

test.each([
  ['tests', report(5, 2, 0), 1, { passed: 5, failed: 2 }],
  ['a suite that crashed', report(5, 0, 1), 1, { passed: 5, failed: 1 }],
  ['a run without report', undefined, 1, { passed: 0, failed: 1 }],
  ['a run without report that claims success', undefined, 0, { passed: 0, failed: 1 }],
  ['a run that was killed after its tests', report(5, 0, 0), null, { passed: 5, failed: 1 }],
  ['success', report(5, 0, 0), 0, { passed: 5, failed: 0 }],
])('counts %s', (_, jestReport, exitCode, expected) => {
  expect(countJestRun(jestReport, exitCode)).toEqual(expected);
});

test('sums all up in one line and one exit code', () => {
  const summary = new Summary();
  summary.add({ passed: 3, failed: 0 });
  expect(summary.exitCode).toBe(0);
  summary.add({ passed: 1, failed: 2 });
  expect([summary.closingLine, summary.exitCode]).toEqual(['4 passed, 2 failed', 1]);
});
