import type { Collection } from '@mooring/document-store';
import { Aggregation, project } from '@mooring/query';
import { twinJson } from '../domain/twin-json.js';
import type { TwinRecord } from '../store/twin-record.js';
import type { Position } from './continuation.js';
import type { QueryPlan } from './query-plan.js';
import { PageBuilder, type ResultPage } from './result-page.js';
import { type ScannedTwin, scanTwins } from './twin-scan.js';

export interface PageRequest {
  readonly collection: Collection<TwinRecord>;
  readonly size: number;
  /** Undefined for the first page. */
  readonly position: Position | undefined;
  /** Ends the query when its time is up. */
  readonly signal: AbortSignal;
}

/** Twins, or what is selected of each. A page that takes too long ends early where it has got anywhere. */
export async function rowPage(
  plan: QueryPlan,
  { collection, size, position, signal }: PageRequest,
): Promise<ResultPage> {
  const builder = new PageBuilder(size, position === undefined ? plan.query.top : position.left);
  let after: string | undefined;
  try {
    for await (const scanned of scanTwins(plan, { collection, after: position?.after, signal, most: builder.room })) {
      after = scanned.isLast ? undefined : scanned.name;
      if (scanned.isMatch) {
        builder.add(itemJson(plan, scanned));
      }
      if (scanned.isLast || builder.isFull) {
        return builder.page(after);
      }
    }
    return builder.page(undefined);
  } catch (error) {
    if (!signal.aborted || after === undefined) {
      throw error;
    }
    return builder.page(after);
  }
}

/** Aggregates and groups: worked out anew for each page, over all that match. */
export async function aggregatePage(plan: QueryPlan, request: PageRequest): Promise<ResultPage> {
  const { size, position } = request;
  const builder = new PageBuilder(size, position === undefined ? plan.query.top : position.left);
  const rows = (await aggregate(plan, request)).filter(({ key }) => position === undefined || key > position.after);
  for (const [at, { key, row }] of rows.entries()) {
    builder.add(JSON.stringify(row));
    if (builder.isFull) {
      return builder.page(at === rows.length - 1 ? undefined : key);
    }
  }
  return builder.page(undefined);
}

async function aggregate(
  plan: QueryPlan,
  { collection, signal }: PageRequest,
): Promise<ReturnType<Aggregation['rows']>> {
  const { query, residual, columns = [] } = plan;
  const isCount = columns.every((column) => column.kind === 'aggregate' && column.aggregate === 'COUNT');
  if (isCount && query.groupBy.length === 0 && residual === undefined) {
    const count = await countTwins(plan, collection, signal);
    return [{ key: 'count', row: Object.fromEntries(columns.map(({ name }) => [name, count])) }];
  }
  const aggregation = new Aggregation(columns, query.groupBy);
  for await (const { accessor, isMatch } of scanTwins(plan, { collection, after: undefined, signal })) {
    if (isMatch) {
      aggregation.add(accessor);
    }
  }
  return aggregation.rows();
}

/** All twins of a source are counted by the keys of indexes, and those that are gone left out. */
async function countTwins(
  { filter, all }: QueryPlan,
  collection: Collection<TwinRecord>,
  signal: AbortSignal,
): Promise<number> {
  if (all === undefined) {
    return collection.count(filter, { signal });
  }
  const [kept, gone] = await Promise.all([
    collection.count(all.kept, { signal }),
    collection.count(all.gone, { signal }),
  ]);
  return Math.max(0, kept - gone);
}

function itemJson({ columns }: QueryPlan, { twin, accessor }: ScannedTwin): string {
  return columns === undefined ? twinJson(twin) : JSON.stringify(project(columns, accessor));
}
