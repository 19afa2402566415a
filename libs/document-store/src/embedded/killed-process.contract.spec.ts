import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EmbeddedDocumentStore } from './embedded-document-store.js';

const module = JSON.stringify(new URL('../index.js', import.meta.url).href);

/** Puts one document after the other, eight at a time, and prints the number of each once it is acknowledged. */
const WRITER = `
  const { EmbeddedDocumentStore } = await import(${module});
  const store = await EmbeddedDocumentStore.open(process.argv[1]);
  const things = await store.collection({ name: 'things', indexes: [['group']] });
  let next = Number(process.argv[2]);
  const write = async () => {
    for (;;) {
      const n = next++;
      await things.put({ _id: 'd' + n, n, group: 'g' + (n % 10) }, 'absent');
      process.stdout.write(n + '\\n');
    }
  };
  for (let writer = 0; writer < 8; writer++) {
    write();
  }
`;

describe('a killed process', () => {
  let directory: string;
  let writer: ChildProcess | undefined;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mooring-killed-'));
  });
  afterEach(async () => {
    writer?.kill('SIGKILL');
    await rm(directory, { recursive: true });
  });

  /** Lets a writer write from `from` on until it has acknowledged so many, and kills it. */
  const writeAndKill = async (from: number, count: number): Promise<number[]> => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', WRITER, directory, String(from)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    writer = child;
    const acknowledged: number[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged.push(Number(line));
      if (acknowledged.length === count) {
        child.kill('SIGKILL');
      }
    }
    return acknowledged;
  };

  it('loses nothing that it acknowledged, and its indexes agree with its documents', async () => {
    const acknowledged: number[] = [];
    for (let round = 1; round <= 3; round++) {
      acknowledged.push(...(await writeAndKill(round * 1_000_000, 150 * round)));
      const store = await EmbeddedDocumentStore.open(directory);
      const things = await store.collection<{ _id: string; group: string }>({ name: 'things', indexes: [['group']] });
      const ids = acknowledged.map((n) => `d${n}`);
      expect(await things.getMany(ids)).toHaveLength(ids.length);
      const counts = await Promise.all(Array.from({ length: 10 }, (_, n) => things.count({ group: `g${n}` })));
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(await things.count({}));
      await store.close();
    }
  });

  it('has the directory to itself while it lives', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', WRITER, directory, '0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    writer = child;
    await once(child.stdout, 'data');
    await expect(EmbeddedDocumentStore.open(directory)).rejects.toMatchObject({
      kind: 'in-use',
      message: expect.stringContaining(String(child.pid)),
    });
    child.stdout.resume();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const store = await EmbeddedDocumentStore.open(directory);
    await store.close();
  });
});
