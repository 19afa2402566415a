/** What is counted in the closing line. */
export class Summary {
  passed = 0;
  failed = 0;

  add({ passed, failed }) {
    this.passed += passed;
    this.failed += failed;
  }

  get closingLine() {
    return `${this.passed} passed, ${this.failed} failed`;
  }

  get exitCode() {
    return this.failed === 0 ? 0 : 1;
  }
}

/**
 * Counts a run of Jest: each test, and as one failure each suite that could not be run; a run that wrote no report, or that
 * failed though its report tells of no failure, is one failure itself.
 * @param {{ numPassedTests: number, numFailedTests: number, numRuntimeErrorTestSuites: number } | undefined} report
 * @param {number | null} exitCode
 */
export function countJestRun(report, exitCode) {
  const passed = report?.numPassedTests ?? 0;
  const failed = (report?.numFailedTests ?? 0) + (report?.numRuntimeErrorTestSuites ?? 0);
  return { passed, failed: failed === 0 && (report === undefined || exitCode !== 0) ? 1 : failed };
}
