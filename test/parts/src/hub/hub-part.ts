import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../process/free-port.js';
import { ownLoopbackAddress } from '../process/own-loopback-address.js';
import { makePartFolder, removePartFolder } from '../process/part-folder.js';
import { type PartControl, PartProcess } from '../process/part-process.js';
import type { HubAccess } from './hub-access.js';

export interface HubOptions {
  /** More settings, e.g. `{ MOORING_KAFKA_BROKERS: … }`; embedded stores where none are named. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A hub in a process of its own, on the real ports of a loopback address of its own, as SDKs cannot be told other ports. */
export interface HubPart extends PartControl, HubAccess {
  readonly adminUrl: string;
  /** Its data folder. */
  readonly data: string;
  /** Of its last end; undefined if that was by a signal, or while there was none. */
  readonly exitCode: number | undefined;
  /** What it has written so far. */
  output(): string;
  /** Ends it and removes its data. */
  close(): Promise<void>;
}

const READY_TIMEOUT_MS = 60_000;
const repositoryRoot = fileURLToPath(new URL('../../../../', import.meta.url));

/** The command that runs a hub from this checkout, or another of its commands. */
export function hubCommand(...args: readonly string[]): [command: string, args: string[]] {
  const rest = args.length === 0 ? ['up'] : args;
  return [hubProgram(repositoryRoot), [...rest]];
}

/** Where the program lies in a checkout. */
export function hubProgram(checkout: string): string {
  return join(checkout, 'services/hub/bin/mooring');
}

/** Starts a hub from this checkout and waits until it is ready. */
export async function startHub({ environment = {} }: HubOptions = {}): Promise<HubPart> {
  const folder = await makePartFolder('hub');
  const data = join(folder, 'data');
  mkdirSync(data);
  const host = ownLoopbackAddress();
  const adminPort = await freePort();
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  const log = join(folder, 'output');
  const [command, args] = hubCommand();
  const hub = new PartProcess({
    name: 'The hub',
    command,
    args,
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      MOORING_DATA: data,
      MOORING_HOSTNAME: host,
      MOORING_BIND_ADDRESS: host,
      MOORING_ADMIN_PORT: String(adminPort),
      ...environment,
    },
    log,
    readyTimeoutMs: READY_TIMEOUT_MS,
    isReady: async () => (await fetch(`${adminUrl}/health/ready`)).ok,
  });
  await hub.start();
  const read = (name: string): string => readFileSync(join(data, name), 'utf8').trim();
  return {
    host,
    adminUrl,
    data,
    caFile: join(data, 'ca.pem'),
    ca: read('ca.pem'),
    connectionString: read('connection-string'),
    eventHubsConnectionString: read('event-hubs-connection-string'),
    output: () => readFileSync(log, 'utf8'),
    get pid() {
      return hub.pid;
    },
    get exitCode() {
      return hub.exitCode;
    },
    start: () => hub.start(),
    stop: () => hub.stop(),
    kill: () => hub.kill(),
    freeze: () => hub.freeze(),
    thaw: () => hub.thaw(),
    close: async () => {
      await hub.kill();
      await removePartFolder(folder);
    },
  };
}
