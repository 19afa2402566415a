import { randomBytes } from 'node:crypto';
import type { AnyBulkWriteOperation, Document, UpdateFilter } from 'mongodb';
import { copyDocument } from '../documents/document-copy.js';
import { type CheckedChanges, checkChanges } from '../documents/field-changes.js';
import { checkId } from '../documents/identifiers.js';
import type { DocumentBody, Write } from '../port.js';
import { REMEMBERED_WRITES, type StoredForm, storedPath } from './stored-form.js';

export type Update = Exclude<Write<DocumentBody>, { kind: 'delete' }>;

/** A put or patch, checked and copied, as MongoDB is told of it; sent any number of times, it happens at most once. */
export interface PreparedUpdate {
  readonly id: string;
  readonly kind: Update['kind'];
  readonly condition: Update['condition'];
  readonly nonce: number;
  readonly operation: AnyBulkWriteOperation<StoredForm>;
}

export function prepareUpdate(write: Update): PreparedUpdate {
  const nonce = newNonce();
  const { kind, condition } = write;
  if (kind === 'patch') {
    checkId(write.id);
    const update = withNonce(patchOperators(checkChanges(write.changes)), nonce);
    return { id: write.id, kind, condition, nonce, operation: updateOne(write.id, update, { nonce, condition }) };
  }
  const { _id: id, ...d } = copyDocument(write.document);
  if (condition === 'absent') {
    return {
      id,
      kind,
      condition,
      nonce,
      operation: { insertOne: { document: { _id: id, version: 1, w: [nonce], d } } },
    };
  }
  const update = withNonce({ $set: { d } }, nonce);
  const upsert = condition === 'always';
  return { id, kind, condition, nonce, operation: updateOne(id, update, { nonce, condition, upsert }) };
}

interface Guard {
  readonly nonce: number;
  readonly condition: Update['condition'];
  readonly upsert?: boolean;
}

/** An update that applies only where its own nonce is not yet. */
function updateOne(id: string, update: Document, guard: Guard): AnyBulkWriteOperation<StoredForm> {
  const { condition, nonce, upsert = false } = guard;
  const version = typeof condition === 'object' ? { version: condition.version } : {};
  // A patch that asks for absence never applies; no document has version 0.
  const never = condition === 'absent' ? { version: 0 } : {};
  const filter = { _id: id, ...version, ...never, w: { $ne: nonce } };
  return { updateOne: { filter, update: update as UpdateFilter<StoredForm>, upsert } };
}

function withNonce(operators: Document, nonce: number): Document {
  const push = { ...(operators['$push'] as Document | undefined), w: { $each: [nonce], $slice: -REMEMBERED_WRITES } };
  return { ...operators, $push: push, $inc: { version: 1 } };
}

function patchOperators(changes: CheckedChanges): Document {
  const operators: Document = {
    $set: storedEntries(changes.set),
    $unset: storedEntries(changes.unset.map((path) => [path, ''] as const)),
    $push: storedEntries(changes.push),
    $pull: storedEntries(changes.pullIds.map(([path, ids]) => [path, { id: { $in: ids } }] as const)),
  };
  // An operator without fields is an error.
  return Object.fromEntries(Object.entries(operators).filter(([, fields]) => Object.keys(fields as object).length > 0));
}

function storedEntries(entries: readonly (readonly [path: string, value: unknown])[]): Document {
  return Object.fromEntries(entries.map(([path, value]) => [storedPath(path), value]));
}

/** 48 random bits, which need be unlike only those of the same document's latest writes. */
function newNonce(): number {
  return randomBytes(6).readUIntBE(0, 6);
}
