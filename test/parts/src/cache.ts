import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './process/until.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const defaultCache = join(root, '.parts');

/** Where this package's sources lie that are no TypeScript. */
export const packageFolder = fileURLToPath(new URL('..', import.meta.url));

export interface CacheEntry {
  readonly name: string;
  /** Files that it is made from: it is made anew when one of them has changed. */
  readonly sources: readonly string[];
  readonly make: (folder: string) => Promise<void>;
  /** .parts at the root unless given. */
  readonly cache?: string;
}

/**
 * A folder below .parts, made on first use; complete or absent, also when several processes ask at once or one is killed
 * while it makes it.
 */
export async function cached(entry: CacheEntry): Promise<string> {
  const cache = entry.cache ?? defaultCache;
  const hash = createHash('sha256');
  for (const source of entry.sources) {
    hash.update(await readFile(source));
  }
  const folder = join(cache, `${entry.name}-${hash.digest('hex').slice(0, 12)}`);
  if (existsSync(folder)) {
    return folder;
  }
  await mkdir(cache, { recursive: true });
  const release = await lock(join(cache, `${entry.name}.lock`));
  try {
    if (!existsSync(folder)) {
      const half = `${folder}.making`;
      await rm(half, { recursive: true, force: true });
      await mkdir(half);
      await entry.make(half);
      await rename(half, folder);
    }
  } finally {
    await release();
  }
  return folder;
}

const staleMs = 15_000;

/** A lock folder, touched while it is held, so that one left by a killed process is recognised. */
async function lock(path: string): Promise<() => Promise<void>> {
  await until(
    async () => {
      const touched = await stat(path).catch(() => undefined);
      if (touched !== undefined && Date.now() - touched.mtimeMs > staleMs) {
        await rm(path, { recursive: true, force: true });
      }
      await mkdir(path);
      return true;
    },
    { what: `the lock ${path}`, timeoutMs: 600_000, everyMs: 200 },
  );
  await writeFile(join(path, 'pid'), String(process.pid));
  const beat = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => undefined), staleMs / 5);
  return async () => {
    clearInterval(beat);
    await rm(path, { recursive: true, force: true });
  };
}
