import type { Bound, Constraint, Constraints } from './constraints.js';
import { ABOVE, encodePrefix, encodeValue, Tag, valueBytes } from './index-key.js';

/** Keys from `start` to before `end`. */
export interface Interval {
  readonly start: Buffer;
  readonly end: Buffer;
}

export interface IndexIntervals {
  /** Disjoint, in ascending order. */
  readonly intervals: readonly Interval[];
  /** How many leading fields are bound to single values. */
  readonly fixedFields: number;
  /** Whether every document in the intervals matches, so that counting need not look at it. */
  readonly covers: boolean;
}

/** More combinations of `$in` values than this are not looked up one by one. */
const MAX_INTERVALS = 10_000;

/** The parts of an index that a filter needs; undefined where the index is of no use to it. */
export function indexIntervals(fields: readonly string[], constraints: Constraints): IndexIntervals | undefined {
  const limit = valueBytes(fields.length);
  let prefixes: Buffer[] = [Buffer.alloc(0)];
  let exact = true;
  let fixedFields = 0;
  let used = 0;
  let range: Interval | undefined;
  for (const field of fields) {
    const constraint = constraints.byPath.get(field);
    const equals = constraint?.equals;
    if (constraint === undefined || (equals && equals.length * prefixes.length > MAX_INTERVALS)) {
      break;
    }
    if (equals === undefined) {
      const found = rangeInterval(constraint, limit);
      range = found?.interval;
      exact &&= found?.exact ?? true;
      used += found === undefined ? 0 : 1;
      break;
    }
    const encoded = equals.map((value) => encodeValue(value, limit));
    exact &&= encoded.every((value) => value.exact);
    prefixes = prefixes.flatMap((prefix) => encoded.map(({ bytes }) => Buffer.concat([prefix, bytes])));
    fixedFields++;
    used++;
  }
  if (used === 0) {
    return undefined;
  }
  const intervals = distinct(prefixes).map((prefix) =>
    range === undefined
      ? { start: prefix, end: above(prefix) }
      : { start: Buffer.concat([prefix, range.start]), end: Buffer.concat([prefix, range.end]) },
  );
  return { intervals, fixedFields, covers: exact && constraints.complete && used === constraints.byPath.size };
}

/** The parts of a collection, whose keys are the `_id`s, that a filter needs. */
export function idIntervals(constraint: Constraint | undefined): readonly Interval[] {
  if (constraint?.equals !== undefined) {
    const ids = constraint.equals.filter((value) => typeof value === 'string' && value !== '').map((id) => `${id}`);
    return distinct(ids.map((id) => Buffer.from(id))).map((id) => ({ start: id, end: behind(id) }));
  }
  if (constraint?.prefix !== undefined) {
    return [{ start: lowest(constraint.prefix), end: above(Buffer.from(constraint.prefix)) }];
  }
  const { lower, upper } = constraint ?? {};
  if (typeof (lower ?? upper)?.value === 'number') {
    return [];
  }
  const start = lower === undefined ? lowest('') : idBound(lower, !lower.inclusive);
  const end = upper === undefined ? Buffer.of(ABOVE) : idBound(upper, upper.inclusive);
  return [{ start, end }];
}

/** The least key above a key. */
export function behind(key: Uint8Array): Buffer {
  return Buffer.concat([key, Buffer.of(0)]);
}

function idBound({ value }: Bound, behindIt: boolean): Buffer {
  return behindIt ? behind(Buffer.from(`${value}`)) : lowest(`${value}`);
}

/** LMDB knows no empty key. */
function lowest(id: string): Buffer {
  return id === '' ? Buffer.of(0) : Buffer.from(id);
}

function above(prefix: Uint8Array): Buffer {
  return Buffer.concat([prefix, Buffer.of(ABOVE)]);
}

function rangeInterval(constraint: Constraint, limit: number): { interval: Interval; exact: boolean } | undefined {
  const { lower, upper, prefix } = constraint;
  if (prefix !== undefined) {
    const start = encodePrefix(prefix, limit);
    return { interval: { start, end: above(start) }, exact: start.length < limit };
  }
  const type = typeof (lower ?? upper)?.value;
  if (type === 'undefined') {
    return undefined;
  }
  const tag = type === 'number' ? Tag.number : Tag.string;
  const from = lower && encodeValue(lower.value, limit);
  const to = upper && encodeValue(upper.value, limit);
  const exact = (from?.exact ?? true) && (to?.exact ?? true);
  const start = from ? (lower.inclusive || !from.exact ? from.bytes : above(from.bytes)) : firstOf(tag);
  const end = to ? (upper.inclusive || !to.exact ? above(to.bytes) : to.bytes) : Buffer.of(tag + 1);
  return { interval: { start, end }, exact };
}

/** The least key of a type; for numbers, above NaN, which no range holds. */
function firstOf(tag: number): Buffer {
  return tag === Tag.number ? Buffer.of(tag, 0, 0, 0, 0, 0, 0, 0, 1) : Buffer.of(tag);
}

function distinct(keys: readonly Buffer[]): Buffer[] {
  const sorted = [...keys].sort(Buffer.compare);
  return sorted.filter((key, index) => index === 0 || !key.equals(sorted[index - 1] ?? Buffer.alloc(0)));
}
