import type { Fields } from '../documents/document-copy.js';

/**
 * Keys of secondary indexes: the encoded values of the indexed fields, then the `_id`. The order of their bytes is MongoDB's
 * order of the values, and each value tells where it ends, so that a prefix of values is a prefix of keys.
 */
export const Tag = { null: 0x10, number: 0x20, string: 0x30, object: 0x40, bytes: 0x50, boolean: 0x60 } as const;

/** Above every byte that can follow a complete value: a tag, or the first byte of an `_id` in UTF-8. */
export const ABOVE = 0xff;

/** First byte of the keys of documents that hold an array in an indexed path: each query of the index looks at them too. */
export const ARRAY_MARKER = 0xff;

const ESCAPE = 0xff;
const NUMBER_BYTES = 9;
const KEY_BYTES = 450;
const VALUE_BYTES = 256;

/** How much of a long value an index of so many fields keeps. */
export function valueBytes(fields: number): number {
  return Math.min(VALUE_BYTES, Math.floor(KEY_BYTES / fields));
}

export interface EncodedValue {
  readonly bytes: Buffer;
  /** False where different values have these bytes; a query must then look at the document. */
  readonly exact: boolean;
}

export function encodeValue(value: unknown, limit: number): EncodedValue {
  switch (typeof value) {
    case 'string':
      return encodeBytes(Tag.string, Buffer.from(value), limit);
    case 'number':
      return encodeNumber(value);
    case 'boolean':
      return { bytes: Buffer.from([Tag.boolean, value ? 1 : 0]), exact: true };
    default:
  }
  if (value === null || value === undefined) {
    return { bytes: Buffer.from([Tag.null]), exact: true };
  }
  if (value instanceof Uint8Array) {
    return encodeBytes(Tag.bytes, withLength(value), limit);
  }
  return { bytes: Buffer.from([Tag.object]), exact: false };
}

/** The bytes that the encodings of all strings with this prefix begin with. */
export function encodePrefix(prefix: string, limit: number): Buffer {
  return encodeBytes(Tag.string, Buffer.from(prefix), limit).bytes.subarray(0, -1);
}

/** The key of a document in an index; undefined where it has none, as the first field is missing or null. */
export function indexKey(document: Fields, id: string, paths: readonly (readonly string[])[]): Buffer | undefined {
  const limit = valueBytes(paths.length);
  const parts: Uint8Array[] = [];
  for (const path of paths) {
    const value = valueAt(document, path);
    if (Array.isArray(value)) {
      return Buffer.concat([Buffer.of(ARRAY_MARKER), Buffer.from(id)]);
    }
    if (parts.length === 0 && (value === undefined || value === null)) {
      return undefined;
    }
    parts.push(encodeValue(value, limit).bytes);
  }
  parts.push(Buffer.from(id));
  return Buffer.concat(parts);
}

/** The value at a path; the array itself where the path leads through one. */
export function valueAt(document: Fields, path: readonly string[]): unknown {
  let value: unknown = document;
  for (const name of path) {
    if (Array.isArray(value)) {
      return value;
    }
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) {
      return undefined;
    }
    value = (value as Fields)[name];
  }
  return value;
}

/** Where, in a key, the values of its first `fields` fields end. */
export function valuesEnd(key: Uint8Array, fields: number): number {
  let position = 0;
  for (let field = 0; field < fields; field++) {
    position = valueEnd(key, position);
  }
  return position;
}

function valueEnd(key: Uint8Array, start: number): number {
  switch (key[start]) {
    case Tag.number:
      return start + NUMBER_BYTES;
    case Tag.boolean:
      return start + 2;
    case Tag.string:
    case Tag.bytes: {
      let end = key.indexOf(0, start + 1);
      while (key[end + 1] === ESCAPE) {
        end = key.indexOf(0, end + 2);
      }
      return end + 1;
    }
    default:
      return start + 1;
  }
}

/** MongoDB orders binary values by length first. */
function withLength(value: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(4 + value.length);
  bytes.writeUInt32BE(value.length);
  bytes.set(value, 4);
  return bytes;
}

/** Zero bytes are escaped as 00 FF, and a 00 before anything else ends the value. */
function encodeBytes(tag: number, value: Uint8Array, limit: number): EncodedValue {
  const kept = value.subarray(0, limit);
  const exact = value.length < limit;
  if (!kept.includes(0)) {
    return { bytes: Buffer.concat([Buffer.of(tag), kept, Buffer.of(0)]), exact };
  }
  const bytes = [tag];
  for (const byte of kept) {
    bytes.push(byte);
    if (byte === 0) {
      bytes.push(ESCAPE);
    }
  }
  bytes.push(0);
  return { bytes: Buffer.from(bytes), exact };
}

/** IEEE 754 in an order of bytes that is the order of the numbers; NaN, which equals nothing, comes before all. */
function encodeNumber(value: number): EncodedValue {
  const bytes = Buffer.alloc(NUMBER_BYTES);
  bytes[0] = Tag.number;
  if (Number.isNaN(value)) {
    return { bytes, exact: false };
  }
  bytes.writeDoubleBE(value === 0 ? 0 : value, 1);
  const negative = (bytes[1] ?? 0) >= 0x80;
  for (let index = 1; index < NUMBER_BYTES; index++) {
    const byte = bytes[index] ?? 0;
    bytes[index] = negative ? ~byte : index === 1 ? byte | 0x80 : byte;
  }
  return { bytes, exact: true };
}
