import { HubError } from '@mooring/errors';

/** The text of a JSON object, read without losing how its values are written. */
export interface JsonMembers {
  readonly value: object;
  /** The text of a member's value, as it stands; the last of that name counts, as in `value`. Undefined if there is none. */
  textOf(name: string): string | undefined;
}

/** @throws HubError `DeserializationError`, or `ArgumentInvalid` if it is JSON but no object */
export function jsonMembers(text: string): JsonMembers {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new HubError('ArgumentInvalid', 'The body must be a JSON object.');
  }
  return { value, textOf: (name) => memberText(text, name) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HubError('DeserializationError', 'The body is not JSON.', { cause: error });
  }
}

/** @param text a valid JSON object */
function memberText(text: string, wanted: string): string | undefined {
  let found: string | undefined;
  let at = text.indexOf('{') + 1;
  for (at = afterSpace(text, at); text[at] === '"'; at = afterSpace(text, at + 1)) {
    const endOfName = afterString(text, at);
    const name: unknown = JSON.parse(text.slice(at, endOfName));
    const start = afterSpace(text, text.indexOf(':', endOfName) + 1);
    const end = afterValue(text, start);
    if (name === wanted) {
      found = text.slice(start, end);
    }
    // At the comma, or the end of the object.
    at = afterSpace(text, end);
  }
  return found;
}

function afterSpace(text: string, from: number): number {
  let at = from;
  while (' \t\n\r'.includes(text[at] ?? '-')) {
    at++;
  }
  return at;
}

/** @param from of the opening quote */
function afterString(text: string, from: number): number {
  let at = from + 1;
  while (text[at] !== '"') {
    at += text[at] === '\\' ? 2 : 1;
  }
  return at + 1;
}

const BRACKETS: Readonly<Record<string, number>> = { '{': 1, '[': 1, '}': -1, ']': -1 };

/** @param from of the first character of a value */
function afterValue(text: string, from: number): number {
  if (text[from] === '"') {
    return afterString(text, from);
  }
  if (BRACKETS[text[from] ?? ''] === undefined) {
    return afterScalar(text, from);
  }
  let at = from;
  let depth = 0;
  do {
    depth += BRACKETS[text[at] ?? ''] ?? 0;
    at = text[at] === '"' ? afterString(text, at) : at + 1;
  } while (depth > 0);
  return at;
}

function afterScalar(text: string, from: number): number {
  let at = from;
  while (!',}] \t\n\r'.includes(text[at] ?? ',')) {
    at++;
  }
  return at;
}
