import { ensureDevelopmentSet } from '@mooring/certificates';
import { loadConfiguration } from '@mooring/config';
import { Command, InvalidArgumentError } from 'commander';
import { isServiceName, SERVICE_NAMES, type ServiceName } from './composition/service-name.js';
import { type StartOptions, startProcess } from './composition/start-process.js';
import { explainFailure } from './explain-failure.js';
import { runUntilSignal } from './run-until-signal.js';

const SETTINGS_ARE = 'Settings are environment variables: see docs/configuration.md.';

/** The command line: `mooring up`, `mooring run <service> …`, `mooring certs <folder>`. */
export function commandLine(): Command {
  const program = new Command('mooring').description('A self-hosted, open IoT hub.').showHelpAfterError();
  program
    .command('up')
    .description(`Runs the whole hub in this process. ${SETTINGS_ARE}`)
    .option(
      '--unprivileged-https-port <port>',
      'used instead of the HTTPS port where the right to bind that is missing',
      parsePort,
    )
    .action((options: StartOptions) => orExplain(() => run(SERVICE_NAMES, options)));
  program
    .command('run')
    .description(`Runs some services in this process, on shared stores. ${SETTINGS_ARE}`)
    .argument('<service...>', `of ${SERVICE_NAMES.join(', ')}`, parseService)
    .option('--without-api', 'an edge serves devices alone, where back ends have a host name of their own')
    .action((services: ServiceName[], options: RunOptions) => orExplain(() => run(withApi(services, options), {})));
  program
    .command('certs')
    .description("Makes certificates for development, with which the hub's processes talk mutual TLS.")
    .argument('<folder>', 'where they are made; what is there and fits is kept')
    .option('--host <name...>', 'names, beside their own, by which services are dialled', ['localhost'])
    .action((folder: string, { host }: { host: string[] }) => orExplain(() => makeCertificates(folder, host)));
  return program;
}

interface RunOptions {
  readonly withoutApi?: boolean;
}

/** SDKs know one host name for everything, so an edge serves back ends too. */
function withApi(services: readonly ServiceName[], { withoutApi = false }: RunOptions): readonly ServiceName[] {
  return services.includes('edge') && !withoutApi ? [...services, 'api'] : services;
}

async function run(services: readonly ServiceName[], options: StartOptions): Promise<void> {
  const configuration = loadConfiguration(process.env);
  const lifecycle = await startProcess(configuration, new Set(services), options);
  await runUntilSignal(lifecycle, configuration.settings.drainSeconds * 1000);
}

/** One for each service, and `hub` for processes that hold several. */
async function makeCertificates(folder: string, hosts: readonly string[]): Promise<void> {
  const alone = Object.fromEntries(SERVICE_NAMES.map((service) => [service, hosts]));
  const services = { ...alone, hub: [...SERVICE_NAMES, ...hosts] };
  const files = await ensureDevelopmentSet({ folder, services, now: Date.now() });
  for (const [service, { certificateFile, keyFile }] of Object.entries(files)) {
    process.stdout.write(`${service}: ${certificateFile}, ${keyFile}\n`);
  }
}

async function orExplain(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    process.stderr.write(`mooring: ${explainFailure(error)}\n`);
    process.exit(1);
  }
}

function parseService(name: string, earlier: ServiceName[] = []): ServiceName[] {
  if (!isServiceName(name)) {
    throw new InvalidArgumentError(`there are ${SERVICE_NAMES.join(', ')}`);
  }
  return [...earlier, name];
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new InvalidArgumentError('a port is a number from 1 to 65535');
  }
  return port;
}
