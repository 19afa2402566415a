import { join } from 'node:path';
import { cached, packageFolder } from '../cache.js';
import { run } from '../process/run.js';

const requirements = join(packageFolder, 'python/requirements.txt');

/** The path of a Python interpreter that has the official SDKs for devices and back ends; installs them on first use. */
export async function pythonSdk(): Promise<string> {
  const folder = await cached({ name: 'python', sources: [requirements], make: install });
  return join(folder, 'bin/python');
}

async function install(folder: string): Promise<void> {
  await run('python3', ['-m', 'venv', '--copies', folder], { timeoutMs: 120_000 });
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '-r', requirements];
  await run(join(folder, 'bin/python'), pip, { timeoutMs: 600_000 });
}
