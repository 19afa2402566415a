import { checkContracts } from './contracts.mjs';
import { findDependencyViolations } from './dependency-rules.mjs';
import { output } from './output.mjs';

/**
 * Each returns what is wrong, a line each; none if nothing is.
 * @type {Record<string, (root: string) => string[]>}
 */
const checks = {
  'format and lint': (root) => output('biome', ['check', '--colors=off', '--error-on-warnings', '.'], root),
  ...checkContracts,
  'dependency rules': findDependencyViolations,
};

/** Runs all checks and prints a line for each, and what is wrong below it. */
export async function runChecks(root) {
  let passed = 0;
  let failed = 0;
  for (const [name, check] of Object.entries(checks)) {
    const wrong = await check(root);
    if (wrong.length === 0) {
      passed += 1;
      console.log(`ok    ${name}`);
    } else {
      failed += 1;
      console.log(`FAIL  ${name}\n${wrong.map((line) => `      ${line}`).join('\n')}`);
    }
  }
  return { passed, failed };
}
