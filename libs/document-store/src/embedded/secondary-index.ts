import type { Database } from 'lmdb';
import type { Fields } from '../documents/document-copy.js';
import { indexKey, valueAt } from './index-key.js';

const EMPTY = Buffer.alloc(0);

/** An index of a collection by one or more fields, kept in the transaction that writes the document. */
export class SecondaryIndex {
  private readonly paths: readonly (readonly string[])[];

  constructor(
    readonly fields: readonly string[],
    readonly keys: Database<Buffer, Buffer>,
  ) {
    this.paths = fields.map((field) => field.split('.'));
  }

  /** Within a transaction: follows a document from what it was (undefined: not there) to what it is. */
  update(id: string, before: Fields | undefined, after: Fields | undefined): void {
    if (before !== undefined && after !== undefined && this.paths.every((path) => isSame(before, after, path))) {
      return;
    }
    const old = before && indexKey(before, id, this.paths);
    const now = after && indexKey(after, id, this.paths);
    if (old !== undefined && (now === undefined || !old.equals(now))) {
      this.keys.removeSync(old);
    }
    if (now !== undefined && (old === undefined || !old.equals(now))) {
      this.keys.putSync(now, EMPTY);
    }
  }
}

/** Whether a path leads to the same value for certain. */
function isSame(before: Fields, after: Fields, path: readonly string[]): boolean {
  const value = valueAt(before, path);
  return typeof value !== 'object' && value === valueAt(after, path);
}
