/** A value of a property or an expression; undefined for what is not there, or cannot be told. */
export type Value = unknown;

/** The value of a property; undefined where there is none. */
export type Accessor = (names: readonly string[]) => Value;

export type Primitive = string | number | boolean | null;

export function isPrimitive(value: Value): value is Primitive {
  return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

export function isObject(value: Value): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path through objects (never through arrays), of their own properties only. */
export function valueAt(document: Value, names: readonly string[]): Value {
  let value = document;
  for (const name of names) {
    if (!isObject(value) || !Object.hasOwn(value, name)) {
      return undefined;
    }
    value = value[name];
  }
  return value;
}

/** Compares by code point, which is the order of the UTF-8 bytes and that of the stores. */
export function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) {
      return isSurrogate(a) === isSurrogate(b) ? a - b : isSurrogate(a) ? 1 : -1;
    }
  }
  return left.length - right.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
