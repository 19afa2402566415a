import { type Document } from 'mongodb';
import type { Fields } from '../documents/document-copy.js';
import { isOperators } from '../documents/filter.js';
import type { Filter, Stored } from '../port.js';

/** How many of a document's latest writes are remembered by their nonces. */
export const REMEMBERED_WRITES = 8;

/**
 * A document as MongoDB holds it. The body is one field, so that a single update replaces it, counts the version up and
 * appends the nonce: nothing but `updateOne` is needed, and no field of the store's own can meet one of the caller's.
 */
export interface StoredForm {
  readonly _id: string;
  readonly version: number;
  /** Nonces of the latest writes, oldest first: an integer each, one for each version. */
  readonly w: readonly number[];
  /** The document without its `_id`. */
  readonly d: Fields;
}

export type StoredBody = Stored<{ readonly _id: string }>;

export function fromStoredForm(form: Pick<StoredForm, '_id' | 'version' | 'd'>): StoredBody {
  return { ...form.d, _id: form._id, version: form.version };
}

/** Where a field of a document lies in its stored form. */
export function storedPath(path: string): string {
  return path === '_id' || path === 'version' ? path : `d.${path}`;
}

/** A filter on documents as one on stored forms. */
export function storedFilter(filter: Filter): Document {
  const stored: Document = {};
  for (const [path, condition] of Object.entries(filter)) {
    if (path.startsWith('$')) {
      stored[path] = (condition as readonly Filter[]).map(storedFilter);
    } else {
      stored[storedPath(path)] = isOperators(condition) ? condition : { $eq: condition };
    }
  }
  return stored;
}
