// Generates proto/src/generated from the contracts.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = (command, args, cwd) => {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' });
  if (status !== 0) {
    process.exit(status ?? 1);
  }
};
run('buf', ['generate'], `${root}/proto`);
