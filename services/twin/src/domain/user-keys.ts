/**
 * Values of a twin's sections. An array counts as one value: nothing is merged into it.
 */
export type TwinValue = string | number | boolean | null | readonly TwinValue[] | TwinTree;

/**
 * An object of a section, its keys in stored form (`storedKey`): a plain object, of which only own properties count. Never
 * changed once made, so that versions of a twin share what they have in common.
 */
export interface TwinTree {
  readonly [storedKey: string]: TwinValue;
}

const ESCAPE = '_';

/**
 * How a key that a user chose is stored: one that begins with `_` gets another, so that no stored key is `__proto__`. (Keys
 * hold no dot and do not begin with `$`, or they would have been refused.)
 */
export function storedKey(userKey: string): string {
  return userKey.startsWith(ESCAPE) ? ESCAPE + userKey : userKey;
}

/** The user's key of a stored one. */
export function userKey(stored: string): string {
  return stored.startsWith(ESCAPE) ? stored.slice(ESCAPE.length) : stored;
}

/** Tells objects from all else, arrays included. */
export function isTree(value: unknown): value is TwinTree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What an object has of its own under a key. */
export function own<T>(tree: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(tree, key) ? tree[key] : undefined;
}

/**
 * A value with the keys that its user gave it, for `JSON.stringify`; the very same value where it holds no key that is
 * stored otherwise. What is made anew has no prototype.
 */
export function withUserKeys(value: TwinValue): unknown {
  return hasEscapes(value) ? rebuilt(value, userKey) : value;
}

/** The opposite, of an object that came from `JSON.parse`. */
export function withStoredKeys(value: unknown): TwinValue {
  return rebuilt(value as TwinValue, storedKey) as TwinValue;
}

function hasEscapes(value: TwinValue): boolean {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  if (Array.isArray(value)) {
    return value.some(hasEscapes);
  }
  const tree = value as TwinTree;
  for (const key of Object.keys(tree)) {
    if (key.startsWith(ESCAPE) || hasEscapes(tree[key] ?? null)) {
      return true;
    }
  }
  return false;
}

function rebuilt(value: TwinValue, rename: (key: string) => string): unknown {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map((element) => rebuilt(element, rename));
  }
  const tree = value as TwinTree;
  const copy = Object.create(null) as Record<string, unknown>;
  for (const key of Object.keys(tree)) {
    copy[rename(key)] = rebuilt(tree[key] ?? null, rename);
  }
  return copy;
}
