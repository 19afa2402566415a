import type { PageQuery, Query } from '../port.js';
import { invalid } from './errors.js';
import { checkFilter } from './filter.js';
import { checkId, checkPath } from './identifiers.js';

/** How many documents one call may return. */
export const MAX_LIMIT = 10_000;

export function checkQuery(query: Query): void {
  checkFilter(query.filter);
  checkLimit(query.limit);
  for (const [path, direction] of query.sort ?? []) {
    checkPath(path);
    if (direction !== 1 && direction !== -1) {
      throw invalid('A sort direction is 1 or -1.');
    }
  }
}

export function checkPage(query: PageQuery): void {
  checkFilter(query.filter);
  checkLimit(query.limit);
  if (query.after !== undefined) {
    checkId(query.after);
  }
}

function checkLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw invalid(`limit must be an integer from 1 to ${MAX_LIMIT}.`);
  }
}
