/** Hostile input of every kind, and what a hub makes of it: `npm run hostile`. */
import { GROUPS } from './groups/index.js';
import { run } from './harness/run.js';
import { startOneProcess, startProcesses } from './harness/start-target.js';
import { type Plan, readPlan, USAGE } from './plan.js';
import { isWithstood, report } from './report.js';

async function hostile(plan: Plan): Promise<boolean> {
  process.stdout.write(`seed ${plan.seed}\n`);
  const target = await (plan.processes ? startProcesses() : startOneProcess());
  const result = await run(plan, target, (line) => process.stdout.write(`${line}\n`));
  process.stdout.write(`\n${report(result)}`);
  return result.groups.every(isWithstood) && result.leaked === 0;
}

const args = process.argv.slice(2);
if (args.includes('--help')) {
  process.stdout.write(USAGE);
} else {
  try {
    const plan = readPlan(args);
    if (plan === undefined) {
      process.stdout.write(GROUPS.map(({ name, tries }) => `${name.padEnd(14)} ${tries}\n`).join(''));
    } else {
      process.exitCode = (await hostile(plan)) ? 0 : 1;
    }
  } catch (error) {
    process.stderr.write(`hostile: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 2;
  }
}
