import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type CacheEntry, cached } from './cache.js';

let cache: string;
let source: string;
let made: number;

const entry = (make: CacheEntry['make']): CacheEntry => ({ name: 'thing', sources: [source], make, cache });

async function make(folder: string): Promise<void> {
  made += 1;
  await writeFile(join(folder, 'result'), await readFile(source));
}

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'mooring-cache-'));
  source = join(cache, 'source');
  made = 0;
  await writeFile(source, 'one');
});

afterEach(() => rm(cache, { recursive: true }));

test('makes an entry once for all who ask', async () => {
  const folders = await Promise.all([cached(entry(make)), cached(entry(make)), cached(entry(make))]);
  expect([new Set(folders).size, made]).toEqual([1, 1]);
  expect(await readFile(join(await cached(entry(make)), 'result'), 'utf8')).toBe('one');
});

test('makes it anew when a source has changed', async () => {
  const before = await cached(entry(make));
  await writeFile(source, 'two');
  const after = await cached(entry(make));
  expect(after).not.toBe(before);
  expect(await readFile(join(after, 'result'), 'utf8')).toBe('two');
});

test('keeps nothing of what could not be made', async () => {
  const failing = entry(async (folder) => {
    await writeFile(join(folder, 'half'), '');
    throw new Error('no network');
  });
  await expect(cached(failing)).rejects.toThrow('no network');
  expect(await readdir(await cached(entry(make)))).toEqual(['result']);
});

test('takes over from a process that was killed while it made the entry', async () => {
  const lock = join(cache, 'thing.lock');
  await mkdir(lock);
  await utimes(lock, 0, 0);
  await cached(entry(make));
  expect([made, existsSync(lock)]).toEqual([1, false]);
});
