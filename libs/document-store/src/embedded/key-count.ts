import { setImmediate } from 'node:timers/promises';
import type { Database } from 'lmdb';
import type { Interval } from './intervals.js';

type Keys = Database<unknown, Buffer>;

/** Keys counted between two turns of the event loop: about half a millisecond. */
const SLICE = 20_000;

/** How many keys lie in the intervals, yielding to the event loop on the way. */
export async function countKeys(keys: Keys, intervals: readonly Interval[], slice = SLICE): Promise<number> {
  let total = 0;
  let untilYield = slice;
  for (const interval of intervals) {
    let { start } = interval;
    for (let next = nthKey(keys, interval, slice); next; next = nthKey(keys, { start, end: interval.end }, slice)) {
      total += slice;
      start = next;
      await setImmediate();
    }
    const rest = keys.getKeysCount({ start, end: interval.end });
    total += rest;
    untilYield -= rest + 1;
    if (untilYield <= 0) {
      untilYield = slice;
      await setImmediate();
    }
  }
  return total;
}

/** How many keys lie in the intervals, or `cap` where there are at least so many. */
export function countUpTo(keys: Keys, intervals: readonly Interval[], cap: number): number {
  if (intervals.length >= cap) {
    return cap;
  }
  let total = 0;
  for (const interval of intervals) {
    if (nthKey(keys, interval, cap - total - 1) !== undefined) {
      return cap;
    }
    total += keys.getKeysCount({ ...interval });
  }
  return total;
}

function nthKey(keys: Keys, { start, end }: Interval, offset: number): Buffer | undefined {
  for (const key of keys.getKeys({ start, end, offset, limit: 1 })) {
    return key;
  }
  return undefined;
}
