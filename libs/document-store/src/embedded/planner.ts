import type { Filter, Query } from '../port.js';
import type { CollectionData } from './collection-data.js';
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

/** Candidates are counted only so far to compare plans. */
const ESTIMATE_CAP = 1_000;

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
  const [first = primary, ...others] = [...ordered, ...plans.filter((plan) => !ordered.includes(plan))];
  return cheapest(data, first, others);
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

/** Whether the intervals hold more documents than a few. */
export function isBroad(data: CollectionData, plan: Plan): boolean {
  return estimate(data, plan) === ESTIMATE_CAP;
}

/** All documents, in the order of `_id`. */
export function fullScan(): Plan {
  return { index: undefined, intervals: idIntervals(undefined), fixedFields: 0, covers: false };
}

function cheapest(data: CollectionData, first: Plan, others: readonly Plan[]): Plan {
  let best = first;
  let leastCost = others.length === 0 ? 0 : estimate(data, first);
  for (const plan of others) {
    const cost = estimate(data, plan);
    if (cost < leastCost) {
      best = plan;
      leastCost = cost;
    }
  }
  return best;
}

function estimate(data: CollectionData, { index, intervals }: Plan): number {
  return countUpTo(index?.keys ?? data.documents, intervals, ESTIMATE_CAP);
}
