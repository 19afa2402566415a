import { spawnSync } from 'node:child_process';

/** Runs a command that finds faults. @returns {string[]} nothing if it found none, else the lines that it wrote. */
export function output(command, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 300_000 });
  if (status === 0) {
    return [];
  }
  const lines = `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.length === 0 ? [`${command} failed with exit code ${status}`] : lines;
}
