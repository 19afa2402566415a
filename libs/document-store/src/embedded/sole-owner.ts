import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { DocumentStoreError } from '../documents/errors.js';

/** Directories that this process has; LMDB would share one environment between two stores. */
const owned = new Set<string>();

/**
 * Makes this process the only one that uses a directory, until what is returned is called or the process ends. An LMDB
 * environment of its own serves as the lock: its table of readers names the processes that have it open, and those that were
 * killed are told by the operating system's file locks, not by their process ids alone.
 *
 * @throws DocumentStoreError `in-use`
 */
export function claimDirectory(directory: string): () => Promise<void> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = realpathSync(directory);
  if (owned.has(path)) {
    throw new DocumentStoreError('in-use', `${directory} is already open in this process.`);
  }
  owned.add(path);
  const lock = open({ path: join(path, 'owner'), noSubdir: false, overlappingSync: false });
  // Nothing is ever written here, so a reader that stays holds nothing back. Of two processes that enter at the same time
  // each sees the other.
  const reader = lock.useReadTransaction();
  const release = async () => {
    reader.done();
    await lock.close();
    owned.delete(path);
  };
  const others = readers(lock).filter((pid) => pid !== process.pid);
  if (others.length > 0) {
    void release();
    throw new DocumentStoreError('in-use', `${directory} is in use by process ${others.join(', ')}.`);
  }
  return release;
}

/** LMDB prints a line of process, thread and transaction per reader, below a heading. */
function readers(lock: RootDatabase): number[] {
  lock.readerCheck();
  return lock
    .readerList()
    .split('\n')
    .map((line) => Number(/^\s*(\d+)\s/.exec(line)?.[1]))
    .filter((pid) => pid > 0);
}
