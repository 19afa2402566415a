import { HubError } from '@mooring/errors';
import { isObject } from './json-text.js';
import { MAX_DEPTH, MAX_INTEGER, MAX_KEY_BYTES, MAX_STRING_BYTES, MIN_INTEGER } from './limits.js';
import { storedKey, type TwinTree, type TwinValue } from './user-keys.js';

/** What a section holds of the hub's own; who read a twin may send them back, and they change nothing. */
const OWN_KEYS: ReadonlySet<string> = new Set(['$version', '$metadata']);
/** C0, DEL and C1. */
const CONTROL_CHARACTER = /\p{Cc}/u;
const FORBIDDEN = /[.$ \p{Cc}]/u;
const MAX_QUOTED = 64;

type Path = (string | number)[];

/**
 * A section's part of a document from outside, checked against all limits but that of its size.
 *
 * @param name as it is called in errors, e.g. `properties.desired`
 * @returns its tree, with stored keys; null where the section shall be cleared
 * @throws HubError `ArgumentInvalid`, naming the path
 */
export function sectionPatch(section: unknown, name: string): TwinTree | null {
  if (section === null) {
    return null;
  }
  if (!isObject(section)) {
    throw refusal([name], 'must be an object');
  }
  const patch: Record<string, TwinValue> = {};
  const path: Path = [name];
  for (const key of Object.keys(section)) {
    if (!OWN_KEYS.has(key)) {
      addChecked(patch, key, section[key], path);
    }
  }
  return patch;
}

function addChecked(to: Record<string, TwinValue>, key: string, value: unknown, path: Path): void {
  path.push(key);
  checkKey(key, path);
  to[storedKey(key)] = checked(value, path);
  path.pop();
}

function checkKey(key: string, path: Path): void {
  if (key === '') {
    throw refusal(path, 'has an empty key');
  }
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw refusal(path, `has a key of more than ${MAX_KEY_BYTES} bytes`);
  }
  if (FORBIDDEN.test(key)) {
    const what = CONTROL_CHARACTER.test(key) ? 'a control character' : "'.', '$' or a space";
    throw refusal(path, `has a key with ${what}`);
  }
  if (!key.isWellFormed()) {
    throw refusal(path, 'has a key that is no well-formed Unicode');
  }
}

function checked(value: unknown, path: Path): TwinValue {
  switch (typeof value) {
    case 'string':
      return checkedString(value, path);
    case 'number':
      return checkedNumber(value, path);
    case 'boolean':
      return value;
    default:
      return value === null ? null : checkedObject(value as object, path);
  }
}

function checkedString(value: string, path: Path): string {
  if (value.length > MAX_STRING_BYTES / 3 && Buffer.byteLength(value) > MAX_STRING_BYTES) {
    throw refusal(path, `is a string of more than ${MAX_STRING_BYTES} bytes`);
  }
  if (!value.isWellFormed()) {
    throw refusal(path, 'is a string that is no well-formed Unicode');
  }
  return value;
}

function checkedNumber(value: number, path: Path): number {
  // JSON tells integers from other numbers no further; whatever is beyond these bounds is an integer.
  if (value < MIN_INTEGER || value > MAX_INTEGER) {
    throw refusal(path, `is a number outside of ${MIN_INTEGER} to ${MAX_INTEGER}`);
  }
  return value;
}

function checkedObject(value: object, path: Path): TwinValue {
  if (path.length > MAX_DEPTH + 1) {
    throw refusal(path, `lies deeper than ${MAX_DEPTH} levels`);
  }
  if (Array.isArray(value)) {
    return value.map((element: unknown, index) => {
      path.push(index);
      const kept = checked(element, path);
      path.pop();
      return kept;
    });
  }
  const tree: Record<string, TwinValue> = {};
  for (const [key, child] of Object.entries(value)) {
    addChecked(tree, key, child, path);
  }
  return tree;
}

function refusal(path: Path, what: string): HubError {
  const [section, ...steps] = path;
  const place = steps.map((step) => (typeof step === 'number' ? `[${step}]` : `.${quoted(step)}`)).join('');
  return new HubError('ArgumentInvalid', `${section}${place} ${what}.`);
}

function quoted(key: string): string {
  const shown = key.length > MAX_QUOTED ? `${key.slice(0, MAX_QUOTED)}…` : key;
  return FORBIDDEN.test(shown) || shown === '' || !shown.isWellFormed() ? JSON.stringify(shown) : shown;
}
