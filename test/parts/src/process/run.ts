import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export interface RunOptions {
  readonly cwd?: string;
  readonly timeoutMs: number;
}

/** Runs a command to its end. @throws Error with what it wrote, if it fails. */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<string> {
  try {
    const { stdout } = await execute(command, args, {
      cwd: options.cwd,
      timeout: options.timeoutMs,
      maxBuffer: 16_777_216,
    });
    return stdout;
  } catch (cause) {
    const written = cause instanceof Error && 'stderr' in cause ? `${cause.stderr}`.slice(-4_000) : '';
    throw new Error(`${command} ${args[0] ?? ''} failed\n${written}`, { cause });
  }
}
