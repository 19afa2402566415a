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
const LENGTH_BYTES = 4;
/** UTF-8 of one UTF-16 code unit, at most. */
const MOST_BYTES_OF_UNIT = 3;

/** Where keys are put together, one at a time: longer than any of LMDB's. */
const scratch = Buffer.alloc(4096);

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
  const end = writeValue(0, value, limit);
  return { bytes: Buffer.from(scratch.subarray(0, end)), exact: isExact(value, limit) };
}

/** The bytes that the encodings of all strings with this prefix begin with. */
export function encodePrefix(prefix: string, limit: number): Buffer {
  return encodeValue(prefix, limit).bytes.subarray(0, -1);
}

/** The key of a document in an index; undefined where it has none, as the first field is missing or null. */
export function indexKey(document: Fields, id: string, paths: readonly (readonly string[])[]): Buffer | undefined {
  const limit = valueBytes(paths.length);
  let end = 0;
  for (const path of paths) {
    const value = valueAt(document, path);
    if (Array.isArray(value)) {
      return Buffer.concat([Buffer.of(ARRAY_MARKER), Buffer.from(id)]);
    }
    if (end === 0 && (value === undefined || value === null)) {
      return undefined;
    }
    end = writeValue(end, value, limit);
  }
  end += scratch.write(id, end);
  return Buffer.from(scratch.subarray(0, end));
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

/** Writes an encoded value to the scratch buffer; returns where it ends. */
function writeValue(start: number, value: unknown, limit: number): number {
  switch (typeof value) {
    case 'string':
      return writeText(start, value, limit);
    case 'number':
      return writeNumber(start, value);
    case 'boolean':
      scratch[start] = Tag.boolean;
      scratch[start + 1] = value ? 1 : 0;
      return start + 2;
    default:
  }
  if (value instanceof Uint8Array) {
    return writeBytes(start, Tag.bytes, withLength(value).subarray(0, limit));
  }
  scratch[start] = value === null || value === undefined ? Tag.null : Tag.object;
  return start + 1;
}

function isExact(value: unknown, limit: number): boolean {
  if (typeof value === 'string') {
    return Buffer.byteLength(value) < limit;
  }
  if (value instanceof Uint8Array) {
    return LENGTH_BYTES + value.length < limit;
  }
  return typeof value === 'object' ? value === null : !Number.isNaN(value);
}

/** MongoDB orders binary values by length first. */
function withLength(value: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(LENGTH_BYTES + value.length);
  bytes.writeUInt32BE(value.length);
  bytes.set(value, LENGTH_BYTES);
  return bytes;
}

function writeText(start: number, text: string, limit: number): number {
  if (text.length > limit / MOST_BYTES_OF_UNIT || text.includes('\0')) {
    return writeBytes(start, Tag.string, Buffer.from(text).subarray(0, limit));
  }
  scratch[start] = Tag.string;
  const end = start + 1 + scratch.write(text, start + 1);
  scratch[end] = 0;
  return end + 1;
}

/** Zero bytes are escaped as 00 FF, and a 00 before anything else ends the value. */
function writeBytes(start: number, tag: number, kept: Uint8Array): number {
  let end = start;
  scratch[end++] = tag;
  for (const byte of kept) {
    scratch[end++] = byte;
    if (byte === 0) {
      scratch[end++] = ESCAPE;
    }
  }
  scratch[end++] = 0;
  return end;
}

/** IEEE 754 in an order of bytes that is the order of the numbers; NaN, which equals nothing, comes before all. */
function writeNumber(start: number, value: number): number {
  const end = start + NUMBER_BYTES;
  scratch[start] = Tag.number;
  if (Number.isNaN(value)) {
    scratch.fill(0, start + 1, end);
    return end;
  }
  scratch.writeDoubleBE(value === 0 ? 0 : value, start + 1);
  const negative = (scratch[start + 1] ?? 0) >= 0x80;
  for (let index = start + 1; index < end; index++) {
    const byte = scratch[index] ?? 0;
    scratch[index] = negative ? ~byte : index === start + 1 ? byte | 0x80 : byte;
  }
  return end;
}
