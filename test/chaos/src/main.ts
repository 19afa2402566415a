/** Faults injected into a cluster under load, and what became of what was acknowledged: `npm run chaos`. */
import { type Result, runScenario } from './harness/run-scenario.js';
import { type Plan, readPlan, USAGE } from './plan.js';
import { report } from './report.js';
import { SCENARIOS } from './scenarios/index.js';

async function chaos(plan: Plan): Promise<boolean> {
  process.stdout.write(`seed ${plan.seed}\n`);
  const results: Result[] = [];
  for (const scenario of plan.scenarios) {
    const result = await runScenario(scenario, plan);
    process.stdout.write(`${scenario.name}: ${result.failures.length === 0 ? 'held' : result.failures.join('; ')}\n`);
    results.push(result);
  }
  process.stdout.write(`\n${report(results)}`);
  return results.every(({ failures }) => failures.length === 0);
}

function list(): string {
  return SCENARIOS.map(({ name, promise }) => `${name.padEnd(20)} ${promise}\n`).join('');
}

const args = process.argv.slice(2);
if (args.includes('--help')) {
  process.stdout.write(USAGE);
} else {
  try {
    const plan = readPlan(args);
    if (plan === undefined) {
      process.stdout.write(list());
    } else {
      process.exitCode = (await chaos(plan)) ? 0 : 1;
    }
  } catch (error) {
    process.stderr.write(`chaos: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 2;
  }
}
