// Builds, checks, and runs all tests in stages; a stage that fails does not keep the later ones from running.
// Arguments choose among the stages: check, unit, contract, e2e; none: all.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChecks } from './checks/all.mjs';
import { endWithInterrupts, run } from './test-run/run.mjs';
import { removeStaleSpecs } from './test-run/stale-specs.mjs';
import { countJestRun, Summary } from './test-run/summary.mjs';

const root = join(import.meta.dirname, '..');
const minutes = 60_000;
const nodeOptions = '--experimental-vm-modules --disable-warning=ExperimentalWarning';

/** The e2e stage runs one suite at a time: each has whole hubs and load of its own. */
const jestStages = {
  unit: { workers: 2, timeoutMs: 10 * minutes },
  contract: { workers: 2, timeoutMs: 20 * minutes },
  e2e: { workers: 1, timeoutMs: 40 * minutes },
};

async function build() {
  removeStaleSpecs(root);
  const code = await run('tsc', ['-b'], { cwd: root, env: process.env, timeoutMs: 10 * minutes });
  console.log(code === 0 ? 'ok    build' : 'FAIL  build');
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function jest(project, { workers, timeoutMs }, reports) {
  const outputFile = join(reports, `${project}.json`);
  const args = ['--selectProjects', project, '--passWithNoTests', `--maxWorkers=${workers}`, '--forceExit'];
  const code = await run('jest', [...args, '--json', `--outputFile=${outputFile}`], {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: nodeOptions, FORCE_COLOR: '0' },
    timeoutMs,
  });
  return countJestRun(readReport(outputFile), code);
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // Jest ended before it wrote one, which is counted.
    return undefined;
  }
}

endWithInterrupts();
const stages = process.argv.length > 2 ? process.argv.slice(2) : ['check', ...Object.keys(jestStages)];
const summary = new Summary();
const reports = mkdtempSync(join(tmpdir(), 'mooring-test-reports-'));
const timed = async (name, stage) => {
  const start = performance.now();
  const counts = await stage();
  summary.add(counts);
  const seconds = Math.round((performance.now() - start) / 1000);
  console.log(`${name}: ${counts.passed} passed, ${counts.failed} failed in ${seconds} s\n`);
};
await timed('build', build);
for (const stage of stages) {
  if (stage === 'check') {
    await timed('check', () => runChecks(root));
  } else if (jestStages[stage]) {
    await timed(stage, () => jest(stage, jestStages[stage], reports));
  } else {
    console.error(`There is no stage '${stage}'.`);
    summary.add({ passed: 0, failed: 1 });
  }
}
rmSync(reports, { recursive: true });
process.exitCode = summary.exitCode;
console.log(summary.closingLine);
