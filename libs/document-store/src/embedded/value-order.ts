import { isPlainObject } from '../documents/document-copy.js';

/** MongoDB's order of types; a missing value sorts as null. */
enum Rank {
  Null,
  Number,
  String,
  Object,
  Array,
  Bytes,
  Boolean,
}

/** Compares two values of documents as MongoDB sorts them: by type, then by value, strings by bytes of UTF-8. */
export function compareValues(left: unknown, right: unknown): number {
  const rank = rankOf(left);
  const byRank = rank - rankOf(right);
  if (byRank !== 0) {
    return byRank;
  }
  switch (rank) {
    case Rank.Number:
    case Rank.Boolean:
      return Number(left) - Number(right) || 0;
    case Rank.String:
      return compareStrings(left as string, right as string);
    case Rank.Bytes:
      return compareBytes(left as Uint8Array, right as Uint8Array);
    default:
      return 0;
  }
}

/** Compares by code point, which is the order of the UTF-8 bytes; surrogates come last, as their code points do. */
export function compareStrings(left: string, right: string): number {
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

/** MongoDB compares binary values by length first. */
function compareBytes(left: Uint8Array, right: Uint8Array): number {
  return left.length - right.length || Buffer.compare(left, right);
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

function rankOf(value: unknown): Rank {
  switch (typeof value) {
    case 'number':
      return Rank.Number;
    case 'string':
      return Rank.String;
    case 'boolean':
      return Rank.Boolean;
    default:
  }
  if (value === null || value === undefined) {
    return Rank.Null;
  }
  if (Array.isArray(value)) {
    return Rank.Array;
  }
  return isPlainObject(value) ? Rank.Object : Rank.Bytes;
}
