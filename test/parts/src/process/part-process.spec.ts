import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { PartProcess } from './part-process.js';
import { until } from './until.js';

let folder: string;
let part: PartProcess | undefined;

const program = (script: string, isReady = async () => true) =>
  new PartProcess({
    name: 'A part',
    command: process.execPath,
    args: ['-e', script],
    cwd: folder,
    log: join(folder, 'output.log'),
    readyTimeoutMs: 10_000,
    isReady,
  });

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-part-process-'));
});

afterEach(async () => {
  await part?.kill();
  await rm(folder, { recursive: true, force: true });
});

test('starts, is killed, and starts again as another process', async () => {
  part = program('setInterval(() => {}, 1000)');
  await part.start();
  const first = part.pid;
  await part.kill();
  expect(part.pid).toBeUndefined();
  await part.start();
  expect(part.pid).not.toBe(first);
});

test('stops a frozen part in order', async () => {
  const ready = async () => existsSync(join(folder, 'ready'));
  part = program(
    `process.on('SIGTERM', () => { fs.writeFileSync('stopped', ''); process.exit(); });
     setInterval(() => {}, 1000); fs.writeFileSync('ready', '');`,
    ready,
  );
  await part.start();
  part.freeze();
  await part.stop();
  expect(existsSync(join(folder, 'stopped'))).toBe(true);
});

test('says why a part did not start', async () => {
  part = program(`console.error('the port is taken'); process.exit(1);`, async () => false);
  await expect(part.start()).rejects.toThrow(/A part could not be started[\s\S]*the port is taken/);
});

test('says that a program is missing', async () => {
  part = new PartProcess({
    name: 'A part',
    command: join(folder, 'no-such-program'),
    args: [],
    cwd: folder,
    log: join(folder, 'output.log'),
    readyTimeoutMs: 10_000,
    isReady: async () => false,
  });
  await expect(part.start()).rejects.toThrow(/no-such-program ENOENT/);
});

test('a part and its folder do not outlive the process that started them, even when that is killed', async () => {
  const url = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);
  const starter = `
    const { PartProcess } = await import(${url('./part-process.js')});
    const { makePartFolder } = await import(${url('./part-folder.js')});
    const cwd = await makePartFolder('guarded');
    const part = new PartProcess({ name: 'A part', command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'],
      cwd, log: cwd + '/output.log', readyTimeoutMs: 10000, isReady: async () => true });
    await part.start();
    console.log(JSON.stringify({ pid: part.pid, cwd }));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', starter], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  const { pid, cwd } = JSON.parse(String(line)) as { pid: number; cwd: string };
  expect(lives(pid)).toBe(true);
  child.kill('SIGKILL');
  await until(() => !lives(pid) && !existsSync(cwd), { what: 'all is gone', timeoutMs: 5000 });
});
