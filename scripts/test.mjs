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

// On real parts Jest is told to exit: clients of others' making leave timers behind. Suites of the e2e stage run two at a time
// though each has whole hubs of its own: much of their time they wait, for outages to end and for clients to come back.
const jestStages = {
  unit: { options: ['--maxWorkers=2'], timeoutMs: 10 * minutes },
  contract: { options: ['--maxWorkers=2', '--forceExit'], timeoutMs: 20 * minutes },
  e2e: { options: ['--maxWorkers=2', '--forceExit'], timeoutMs: 40 * minutes },
};

async function build() {
  removeStaleSpecs(root);
  const code = await run('tsc', ['-b'], { cwd: root, env: process.env, timeoutMs: 10 * minutes });
  console.log(code === 0 ? 'ok    build' : 'FAIL  build');
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function jest(project, { options, timeoutMs }, reports) {
  const outputFile = join(reports, `${project}.json`);
  const args = ['--selectProjects', project, '--passWithNoTests', ...options];
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
process.once('exit', () => rmSync(reports, { recursive: true, force: true }));
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
process.exitCode = summary.exitCode;
console.log(summary.closingLine);
