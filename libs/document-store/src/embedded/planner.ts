import type { Filter } from '../port.js';
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

/** The plan that has to look at the fewest documents. */
export function choosePlan(data: CollectionData, filter: Filter): Plan {
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
  const [first = primary, ...others] = plans;
  return byId?.equals === undefined ? cheapest(data, first, others) : primary;
}

/** Whether the intervals hold more documents than a few. */
export function isBroad(data: CollectionData, plan: Plan): boolean {
  return estimate(data, plan) === ESTIMATE_CAP;
}

/** Whether each interval yields its documents in the order of `_id`. */
export function isIdOrdered(plan: Plan): boolean {
  return plan.index === undefined || plan.fixedFields === plan.index.fields.length;
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
