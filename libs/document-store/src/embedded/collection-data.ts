import type { Database } from 'lmdb';
import type { Fields } from '../documents/document-copy.js';
import { DocumentStoreError, invalid } from '../documents/errors.js';
import type { Stored } from '../port.js';
import type { SecondaryIndex } from './secondary-index.js';

/** As MongoDB's. */
const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

export type Body = Fields & { readonly _id: string };

/** What a collection is on disk: its documents by `_id`, the version beside each, and its indexes. */
export interface CollectionData {
  readonly documents: Database<Body, Buffer>;
  readonly indexes: readonly SecondaryIndex[];
  /** How many documents queries, pages and counts have read so far. */
  documentsExamined: number;
}

/** How many documents there are. */
export function documentCount(data: CollectionData): number {
  return (data.documents.getStats() as { readonly entryCount: number }).entryCount;
}

export function readEntry(data: CollectionData, id: string): { body: Body; version: number } | undefined {
  const entry = data.documents.getEntry(Buffer.from(id));
  return entry && { body: entry.value, version: versionOf(entry.version) };
}

export function toStored(body: Body, version: number | undefined): Stored<Body> {
  return Object.assign(body, { version: versionOf(version) });
}

/** Within a transaction: replaces (undefined: removes) a document and follows it in all indexes. */
export function writeEntry(data: CollectionData, id: string, change: EntryChange): void {
  const key = Buffer.from(id);
  if (change.after === undefined) {
    data.documents.removeSync(key);
  } else {
    data.documents.putSync(key, change.after, change.version);
  }
  for (const index of data.indexes) {
    index.update(id, change.before, change.after);
  }
}

export interface EntryChange {
  readonly before: Body | undefined;
  readonly after: Body | undefined;
  readonly version: number;
}

/** A bound on what a document takes up, before it is encoded; patches make it grow bit by bit. */
export function checkSize(body: Body): void {
  if (sizeOf(body) > MAX_DOCUMENT_BYTES) {
    throw invalid('A document must not exceed 16 MB.');
  }
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') {
    return value.length;
  }
  if (typeof value !== 'object' || value === null) {
    return 8;
  }
  if (value instanceof Uint8Array) {
    return value.length;
  }
  if (Array.isArray(value)) {
    return value.reduce<number>((size, element) => size + sizeOf(element), value.length);
  }
  let size = 0;
  for (const name of Object.keys(value)) {
    size += name.length + sizeOf((value as Fields)[name]);
  }
  return size;
}

function versionOf(version: number | undefined): number {
  if (version === undefined) {
    throw new DocumentStoreError('unavailable', 'A stored document has no version: the store is damaged.');
  }
  return version;
}
