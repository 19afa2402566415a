import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EmbeddedDocumentStore } from './embedded-document-store.js';

const module = JSON.stringify(new URL('../index.js', import.meta.url).href);

/** Puts documents until two in a row have failed; prints what was acknowledged, how the others failed, and readiness. */
const WRITER = `
  const { EmbeddedDocumentStore } = await import(${module});
  const store = await EmbeddedDocumentStore.open(process.argv[1]);
  const things = await store.collection({ name: 'things', indexes: [['kind']] });
  let acknowledged = 0;
  const errors = [];
  while (errors.length < 2 && acknowledged < 1000) {
    const document = { _id: 'd' + acknowledged, kind: 'x', blob: 'z'.repeat(20_000) };
    await things.put(document, 'absent').then(() => acknowledged++, (error) => errors.push(error.kind));
  }
  const deficiencies = await store.deficiencies();
  const readable = await things.count({ kind: 'x' });
  await store.close();
  process.stdout.write(JSON.stringify({ acknowledged, errors, readable, deficiencies }));
`;

describe('a full disk', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mooring-full-'));
  });
  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  it('fails writes, is told by readiness, and harms neither the process nor what was acknowledged', async () => {
    // The limit of the size of files, in units of 512 bytes, stands in for a full disk.
    const limited = 'ulimit -f 4000; exec "$0" --input-type=module -e "$1" "$2"';
    const { stdout } = await promisify(execFile)('sh', ['-c', limited, process.execPath, WRITER, directory]);
    const result = JSON.parse(stdout) as { acknowledged: number; [key: string]: unknown };
    expect(result).toMatchObject({
      errors: ['unavailable', 'unavailable'],
      readable: result.acknowledged,
      deficiencies: [{ severity: 'unavailable' }],
    });
    const store = await EmbeddedDocumentStore.open(directory);
    const things = await store.collection({ name: 'things', indexes: [['kind']] });
    expect(await things.count({})).toBe(result.acknowledged);
    expect(await things.put({ _id: 'more' }, 'absent')).toEqual({ outcome: 'written', version: 1 });
    expect(await store.deficiencies()).toEqual([]);
    await store.close();
  });
});
