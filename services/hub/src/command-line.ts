import { ConfigurationError, loadConfiguration } from '@mooring/config';
import { SealError } from '@mooring/credentials';
import { isHubError } from '@mooring/errors';
import { ListenError } from '@mooring/listener';
import { Command, InvalidArgumentError } from 'commander';
import { portSetting } from './listeners.js';
import { runUntilSignal } from './run-until-signal.js';
import { startHub } from './up.js';

interface UpOptions {
  readonly unprivilegedHttpsPort?: number;
}

/** The command line: `mooring up`. */
export function commandLine(): Command {
  const program = new Command('mooring').description('A self-hosted, open IoT hub.').showHelpAfterError();
  program
    .command('up')
    .description('Runs the whole hub in this process. Settings are environment variables: see docs/configuration.md.')
    .option(
      '--unprivileged-https-port <port>',
      'used instead of the HTTPS port where the right to bind that is missing',
      parsePort,
    )
    .action((options: UpOptions) => up(options));
  return program;
}

async function up(options: UpOptions): Promise<void> {
  try {
    const configuration = loadConfiguration(process.env);
    await runUntilSignal(await startHub(configuration, options), configuration.settings.drainSeconds * 1000);
  } catch (error) {
    process.stderr.write(`mooring: ${explain(error)}\n`);
    process.exit(1);
  }
}

/** What an operator can mend is told in a sentence; anything else with where it came from. */
function explain(error: unknown): string {
  if (error instanceof ListenError) {
    return `${error.message} Set ${portSetting(error.endpoint)} to another port.`;
  }
  if (error instanceof ConfigurationError || isHubError(error)) {
    return error.message;
  }
  if (error instanceof SealError) {
    return `${error.message} MOORING_SEAL_KEY must name the key that the stores were first used with.`;
  }
  if (error instanceof Error && OPERATIONAL.has(error.name)) {
    return error.message;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Errors of stores that cannot be opened. */
const OPERATIONAL: ReadonlySet<string> = new Set(['EventLogError', 'DocumentStoreError']);

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new InvalidArgumentError('a port is a number from 1 to 65535');
  }
  return port;
}
