import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guardFolder } from './guard.js';

/** A new folder for a part's data; removed at the latest when this process ends. */
export async function makePartFolder(part: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `mooring-${part}-`));
  guardFolder(folder);
  return folder;
}

export async function removePartFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
