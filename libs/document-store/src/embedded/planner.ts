import type { Filter, Query } from '../port.js';
import { type CollectionData, documentCount } from './collection-data.js';
import { constraintsOf } from './constraints.js';
import { type Interval, idIntervals, indexIntervals } from './intervals.js';
import { countUpTo } from './key-count.js';
import type { SecondaryIndex } from './secondary-index.js';

/** Which keys a query walks through: those of an index, or (without one) those of the documents. */
export interface Plan {
  readonly index: SecondaryIndex | undefined;
  readonly intervals: readonly Interval[];
  /** How many leading fields of the index have one value throughout an interval. */
  readonly fixedFields: number;
  /** Whether every document in the intervals matches. */
  readonly covers: boolean;
}

/** Candidates are counted only so far to compare plans: a little first, and more where that tells no difference. */
const ESTIMATE_CAPS = [1_000, 30_000];

/** What it costs to read a document, as against looking at a key of an index. */
const READ_COST = 8;

export type Sort = NonNullable<Query['sort']>;

/** The plan that has to look at the fewest documents; of such that are alike, one that yields them in order. */
export function choosePlan(data: CollectionData, filter: Filter, sort: Sort = []): Plan {
  const constraints = constraintsOf(filter);
  const byId = constraints.byPath.get('_id');
  const primary: Plan = {
    index: undefined,
    intervals: idIntervals(byId),
    fixedFields: 0,
    covers: constraints.complete && constraints.byPath.size === (byId === undefined ? 0 : 1),
  };
  const plans: Plan[] = byId === undefined ? [] : [primary];
  for (const index of data.indexes) {
    const found = indexIntervals(index.fields, constraints);
    if (found !== undefined) {
      plans.push({ index, ...found });
    }
  }
  if (byId?.equals !== undefined) {
    return primary;
  }
  const ordered = plans.filter((plan) => isOrdered(plan, sort));
  return cheapest(data, [...ordered, ...plans.filter((plan) => !ordered.includes(plan))]) ?? primary;
}

/** Whether the keys that a plan walks come in the order asked for (without a sort: that of `_id`, within each interval). */
export function isOrdered(plan: Plan, sort: Sort): boolean {
  const { index, fixedFields, intervals } = plan;
  if (sort.length === 0) {
    return index === undefined || fixedFields === index.fields.length;
  }
  const byFields = sort.every(([path, direction], at) => direction === 1 && path === index?.fields[fixedFields + at]);
  return byFields && intervals.length === 1;
}

/**
 * Whether it costs less to read documents in the order of `_id` until so many are found than to look at every key of a plan
 * that has them in another: with `m` of `n` documents in the plan, `limit * n / m` are read.
 */
export function isBroad(data: CollectionData, plan: Plan, limit: number): boolean {
  const worth = Math.ceil(Math.sqrt(READ_COST * limit * documentCount(data))) + 1;
  return estimate(data, plan, worth) === worth;
}

/** All documents, in the order of `_id`. */
export function fullScan(): Plan {
  return { index: undefined, intervals: idIntervals(undefined), fixedFields: 0, covers: false };
}

/** The plan with the fewest candidates; the first of such that are alike. */
function cheapest(data: CollectionData, plans: readonly Plan[]): Plan | undefined {
  let best = plans;
  for (const cap of ESTIMATE_CAPS) {
    if (best.length < 2) {
      break;
    }
    const costs = best.map((plan) => estimate(data, plan, cap));
    const least = Math.min(...costs);
    best = best.filter((_, at) => costs[at] === least);
  }
  return best[0];
}

function estimate(data: CollectionData, { index, intervals }: Plan, cap: number): number {
  return countUpTo(index?.keys ?? data.documents, intervals, cap);
}
