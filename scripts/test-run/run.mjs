import { spawn } from 'node:child_process';

/** The commands that run now: they end with this process. */
const running = new Set();

/**
 * Runs a command with this process' output, and ends it when it takes too long.
 * @returns {Promise<number | null>} its exit code; null if it was ended.
 */
export function run(command, args, { cwd, env, timeoutMs }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] });
    running.add(child);
    const patience = setTimeout(() => {
      console.error(`${command} ${args.join(' ')} was ended after ${timeoutMs / 60_000} minutes.`);
      child.kill('SIGKILL');
    }, timeoutMs);
    const finish = (code) => {
      clearTimeout(patience);
      running.delete(child);
      resolve(code);
    };
    child.once('error', (error) => {
      console.error(error.message);
      finish(null);
    });
    child.once('exit', finish);
  });
}

/** Hands an interrupt on to what runs, then ends. */
export function endWithInterrupts() {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ]) {
    process.once(signal, () => {
      for (const child of running) {
        child.kill('SIGTERM');
      }
      process.exit(code);
    });
  }
}
