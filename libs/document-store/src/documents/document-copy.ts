import type { DocumentBody, DocumentValue } from '../port.js';
import { invalid } from './errors.js';
import { checkFieldName, checkId } from './identifiers.js';

/** How deep objects and arrays may nest; MongoDB's own limit is 100. */
const MAX_DEPTH = 64;

export type Fields = Record<string, DocumentValue | undefined>;

/**
 * A copy of a document as it will be stored: without undefined fields and without `version`, which is the store's own. What
 * the caller does to the original afterwards changes nothing.
 *
 * @throws DocumentStoreError `invalid` for what a document may not hold
 */
export function copyDocument(document: DocumentBody): Fields & DocumentBody {
  checkId(document._id);
  return copyFields(document as DocumentBody & Fields, 1, 'version') as Fields & DocumentBody;
}

/** A copy of one value of a document. */
export function copyValue(value: unknown, depth = 1): DocumentValue {
  switch (typeof value) {
    case 'string':
      return value.toWellFormed();
    case 'number':
    case 'boolean':
      return value;
    case 'object':
      break;
    default:
      throw invalid(`A document cannot hold a ${typeof value}.`);
  }
  if (value === null) {
    return value;
  }
  if (depth > MAX_DEPTH) {
    throw invalid(`A document must not nest deeper than ${MAX_DEPTH}.`);
  }
  if (value instanceof Uint8Array) {
    return Uint8Array.from(value);
  }
  if (Array.isArray(value)) {
    return value.map((element) => copyValue(element, depth + 1));
  }
  if (!isPlainObject(value)) {
    throw invalid('A document holds plain objects only.');
  }
  return copyFields(value, depth);
}

export function isPlainObject(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function copyFields(fields: Readonly<Record<string, unknown>>, depth: number, except?: string): Fields {
  const copy: Fields = {};
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    if (value !== undefined && name !== except) {
      checkFieldName(name);
      copy[name] = copyValue(value, depth + 1);
    }
  }
  return copy;
}
