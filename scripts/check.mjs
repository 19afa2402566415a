// The checks of the test command by themselves.
import { join } from 'node:path';
import { runChecks } from './checks/all.mjs';

const { failed } = await runChecks(join(import.meta.dirname, '..'));
process.exitCode = failed === 0 ? 0 : 1;
