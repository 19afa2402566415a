import type { CountOptions, Filter, PageQuery, Query, Stored } from '../port.js';
import { type Body, type CollectionData, documentCount } from './collection-data.js';
import { valueAt, valuesEnd } from './index-key.js';
import { behind, type Interval } from './intervals.js';
import { countKeys } from './key-count.js';
import { compileFilter } from './matcher.js';
import { choosePlan, fullScan, isBroad, isOrdered, type Plan, type Sort } from './planner.js';
import { type Candidate, scan, type Visit } from './scan.js';
import { TopDocuments } from './top-documents.js';
import { compareStrings, compareValues } from './value-order.js';

type Compare = (left: Stored<Body>, right: Stored<Body>) => number;

/** The documents that a query names, in its order. */
export async function selectDocuments(data: CollectionData, query: Query): Promise<Stored<Body>[]> {
  const sort = query.sort ?? [];
  const plan = choosePlan(data, query.filter, sort);
  const matches = compileFilter(query.filter);
  const top = new TopDocuments(query.limit, comparison(sort));
  const positionOf = positions(plan, sort);
  const visit: Visit = (candidate) => {
    const position = positionOf(candidate);
    if (top.isBehind(position)) {
      return 'leave';
    }
    const document = candidate.read();
    if (document !== undefined && matches(document)) {
      top.offer(document, position);
    }
    return 'next';
  };
  await scan(data, plan, { visit });
  return top.toArray();
}

/** The documents of a page and, where there are more, the one behind it. */
export async function selectPage(data: CollectionData, query: PageQuery): Promise<Stored<Body>[]> {
  const found = choosePlan(data, query.filter);
  const plan = continueBehind(
    !isOrdered(found, []) && isBroad(data, found, query.limit + 1) ? fullScan() : found,
    query.after,
  );
  const matches = compileFilter(query.filter);
  const top = new TopDocuments(query.limit + 1, byId);
  const positionOf = positions(plan, []);
  const visit: Visit = (candidate) => {
    const position = positionOf(candidate);
    if (top.isBehind(position)) {
      return 'leave';
    }
    const { id } = candidate;
    const isElsewhere = (query.after !== undefined && compareStrings(id, query.after) <= 0) || top.endsBefore(id);
    const document = isElsewhere ? undefined : candidate.read();
    if (document !== undefined && matches(document)) {
      top.offer(document, position);
    }
    return 'next';
  };
  await scan(data, plan, { visit, signal: query.signal });
  return top.toArray();
}

export async function countDocuments(
  data: CollectionData,
  filter: Filter,
  { signal }: CountOptions = {},
): Promise<number> {
  if (Object.keys(filter).length === 0) {
    return documentCount(data);
  }
  const plan = choosePlan(data, filter);
  const matches = compileFilter(filter);
  let count = 0;
  if (plan.covers) {
    count = await countKeys(plan.index?.keys ?? data.documents, plan.intervals);
  }
  // Of what the keys alone decide, only documents with arrays are left, which the scan of an index begins with.
  const visit: Visit = (candidate) => {
    const document = candidate.read();
    count += document !== undefined && matches(document) ? 1 : 0;
    return 'next';
  };
  await scan(data, plan.covers ? { ...plan, intervals: [] } : plan, { visit, signal });
  return count;
}

const byId: Compare = (left, right) => compareStrings(left._id, right._id);

function comparison(sort: Sort): Compare {
  const keys = sort.map(([path, direction]) => ({ path: path.split('.'), direction }));
  return (left, right) => {
    for (const { path, direction } of keys) {
      const order = compareValues(valueAt(left, path), valueAt(right, path));
      if (order !== 0) {
        return order * direction;
      }
    }
    return byId(left, right);
  };
}

/** How the keys that a plan walks tell where a document stands in the order that is asked for, if they do. */
function positions(plan: Plan, sort: Sort): (candidate: Candidate) => Uint8Array | undefined {
  const { index, fixedFields } = plan;
  if (!isOrdered(plan, sort)) {
    return () => undefined;
  }
  if (index === undefined) {
    return ({ key }) => key;
  }
  if (sort.length === 0) {
    return ({ key }) => key?.subarray(valuesEnd(key, index.fields.length));
  }
  return ({ key }) => key?.subarray(0, valuesEnd(key, fixedFields + sort.length));
}

/** Leaves out of a plan that yields `_id`s in order what does not come behind `after`. */
function continueBehind(plan: Plan, after: string | undefined): Plan {
  if (after === undefined || !isOrdered(plan, [])) {
    return plan;
  }
  const first = behind(Buffer.from(after));
  const clip = ({ start, end }: Interval): Interval =>
    plan.index === undefined
      ? { start: Buffer.compare(start, first) < 0 ? first : start, end }
      : { start: Buffer.concat([start, first]), end };
  const intervals = plan.intervals.map(clip).filter(({ start, end }) => Buffer.compare(start, end) < 0);
  return { ...plan, intervals };
}
