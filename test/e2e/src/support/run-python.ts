import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type HubAccess, pythonSdk } from '@mooring/test-parts';

const execute = promisify(execFile);
const TIMEOUT_MS = 120_000;

/** Runs a script of `test/e2e/python` with the official SDKs; gives what it printed, parsed. */
export async function runPython(hub: HubAccess, script: string, args: readonly string[]): Promise<unknown> {
  const file = fileURLToPath(new URL(`../../python/${script}`, import.meta.url));
  // How each HTTP and TLS library of Python is told of an authority.
  const env = { ...process.env, REQUESTS_CA_BUNDLE: hub.caFile, SSL_CERT_FILE: hub.caFile };
  const { stdout } = await execute(await pythonSdk(), [file, ...args], { env, timeout: TIMEOUT_MS });
  const lastLine = stdout.trim().split('\n').at(-1) ?? '';
  return JSON.parse(lastLine);
}
