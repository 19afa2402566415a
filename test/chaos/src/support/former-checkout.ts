import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const PROGRAM = 'services/hub/dist/main.js';
const LARGEST_OUTPUT = 16_777_216;

/** A worktree of a commit, with what it needs installed and built; kept for the next time. @returns its folder */
export async function formerCheckout(commit: string): Promise<string> {
  const { stdout } = await run('git', ['rev-parse', '--short', `${commit}^{commit}`], { cwd: root });
  const folder = join(root, '.chaos', `checkout-${stdout.trim()}`);
  if (existsSync(join(folder, PROGRAM))) {
    return folder;
  }
  await rm(folder, { recursive: true, force: true });
  await run('git', ['worktree', 'prune'], { cwd: root });
  await run('git', ['worktree', 'add', '--detach', folder, stdout.trim()], { cwd: root });
  const options = { cwd: folder, maxBuffer: LARGEST_OUTPUT };
  await run('pnpm', ['install', '--frozen-lockfile', '--prefer-offline'], options);
  await run(join(folder, 'node_modules/.bin/tsc'), ['-b', 'services/hub'], options);
  return folder;
}
