import { invalid } from './errors.js';

/** The longest `_id` in bytes of UTF-8; LMDB's keys, which hold it beside an index's values, end at 1,978. */
export const MAX_ID_BYTES = 1024;

/** The longest field path in characters. */
const MAX_PATH_LENGTH = 1024;

/** Refuses an `_id` that the stores cannot keep apart from others. */
export function checkId(id: unknown): asserts id is string {
  if (typeof id !== 'string' || id === '') {
    throw invalid('_id must be a string that is not empty.');
  }
  if (!id.isWellFormed()) {
    throw invalid('_id must be well-formed Unicode.');
  }
  if (id.length > MAX_ID_BYTES / 3 && Buffer.byteLength(id) > MAX_ID_BYTES) {
    throw invalid(`_id must not exceed ${MAX_ID_BYTES} bytes.`);
  }
}

/** Refuses a name that a store could read as a path or an operator, or JavaScript as a prototype. */
export function checkFieldName(name: string): void {
  if (name === '' || name.startsWith('$') || name.includes('.') || name.includes('\0') || name === '__proto__') {
    throw invalid('A field name must not be empty, begin with $, or hold a dot or NUL.');
  }
}

/** Refuses a path that is not made of field names joined by dots. */
export function checkPath(path: string): void {
  if (path.length > MAX_PATH_LENGTH) {
    throw invalid(`A field path must not exceed ${MAX_PATH_LENGTH} characters.`);
  }
  for (const name of path.split('.')) {
    checkFieldName(name);
  }
}
