import { realpathSync } from 'node:fs';
import type { RootDatabase } from 'lmdb';
import { DocumentStoreError } from '../documents/errors.js';

/** Directories that this process has open; LMDB would share one environment between two stores. */
const open = new Set<string>();

/**
 * Makes this process the only one that has a directory open. LMDB's own table of readers says who else has: an entry whose
 * process was killed is dropped when the next one opens it, by the operating system's locks and not by the process id alone.
 *
 * @returns gives the directory up
 * @throws DocumentStoreError `in-use`
 */
export function claimDirectory(directory: string, environment: RootDatabase): () => void {
  const path = realpathSync(directory);
  // A read enters this process into the table; of two that enter at the same time each sees the other.
  environment.doesExist('entered');
  const others = readers(environment).filter((pid) => pid !== process.pid);
  if (others.length > 0) {
    throw new DocumentStoreError('in-use', `${directory} is in use by process ${others.join(', ')}.`);
  }
  open.add(path);
  return () => void open.delete(path);
}

/** @throws DocumentStoreError `in-use` */
export function refuseIfOpenHere(directory: string): void {
  if (open.has(realpathSync(directory))) {
    throw new DocumentStoreError('in-use', `${directory} is already open in this process.`);
  }
}

/** LMDB prints a line of process, thread and transaction per reader, below a heading. */
function readers(environment: RootDatabase): number[] {
  environment.readerCheck();
  return environment
    .readerList()
    .split('\n')
    .map((line) => Number(/^\s*(\d+)\s/.exec(line)?.[1]))
    .filter((pid) => pid > 0);
}
