import { HubError } from '@mooring/errors';
import type { AggregateName, Path, Query, SelectItem } from '../language/ast.js';

/** A column of the result, with the name that it has there. */
export type Column =
  | { readonly kind: 'value'; readonly name: string; readonly path: readonly string[] }
  | {
      readonly kind: 'aggregate';
      readonly name: string;
      readonly aggregate: AggregateName;
      readonly path?: readonly string[];
    };

/**
 * The columns of a query that selects items. A property is named by its alias or its own last name, an aggregate by its alias
 * or by `$1`, `$2`, …
 *
 * @throws HubError `ArgumentInvalid` for what cannot be selected together
 */
export function columnsOf({ items, groupBy }: Query): readonly Column[] | undefined {
  if (items === undefined) {
    if (groupBy.length > 0) {
      throw invalid('GROUP BY needs a list of items after SELECT, not *.');
    }
    return undefined;
  }
  const isAggregated = isAggregation({ items, groupBy });
  let unnamed = 0;
  const columns = items.map((item): Column => {
    if (item.kind === 'aggregate') {
      const name = item.alias ?? `$${++unnamed}`;
      return { kind: 'aggregate', name, aggregate: item.aggregate, ...(item.path && { path: item.path.names }) };
    }
    if (isAggregated && !groupBy.some((path) => isSame(path, item.path))) {
      throw invalid(`${item.path.names.join('.')} must be in GROUP BY, or in an aggregate.`);
    }
    return { kind: 'value', name: item.alias ?? item.path.names.at(-1) ?? '', path: item.path.names };
  });
  const names = new Set<string>();
  for (const { name } of columns) {
    if (names.has(name)) {
      throw invalid(`Two items would be named ${name}; name one of them with AS.`);
    }
    names.add(name);
  }
  return columns;
}

/** Whether a query has one row for a group of documents, in place of one for each. */
export function isAggregation({ items, groupBy }: Pick<Query, 'items' | 'groupBy'>): boolean {
  return groupBy.length > 0 || (items ?? []).some((item: SelectItem) => item.kind === 'aggregate');
}

function isSame(left: Path, right: Path): boolean {
  return left.names.length === right.names.length && left.names.every((name, at) => name === right.names[at]);
}

function invalid(message: string): HubError {
  return new HubError('ArgumentInvalid', message);
}
