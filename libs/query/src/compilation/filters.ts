import type { Filter } from '@mooring/document-store';
import type { StoredField } from './field-map.js';

/** Which documents a filter lets through: exactly those that are meant, or more, which the evaluator has to sort out. */
export interface Compiled {
  readonly filter: Filter;
  readonly exact: boolean;
}

/** The port lets filters nest 32 levels; a junction and what it joins take two of them. */
const MAX_LEVELS = 26;

export const ALL: Compiled = { filter: {}, exact: true };
/** All, for want of a filter that says more. */
export const ANY: Compiled = { filter: {}, exact: false };
export const NONE: Compiled = { filter: { _id: { $in: [] } }, exact: true };

export function exactly(filter: Filter): Compiled {
  return { filter, exact: true };
}

export function atLeast({ filter }: Compiled): Compiled {
  return { filter, exact: false };
}

/** What all let through. */
export function allOf(parts: readonly Compiled[]): Compiled {
  if (parts.some(isNone)) {
    return NONE;
  }
  const exact = parts.every((part) => part.exact);
  const filters = parts.filter((part) => !isAll(part)).flatMap(({ filter }) => conjuncts(filter));
  return joined('$and', filters, exact) ?? { filter: {}, exact };
}

/** What any lets through. */
export function anyOf(parts: readonly Compiled[]): Compiled {
  const some = parts.filter((part) => !isNone(part));
  const all = some.filter(isAll);
  if (all.length > 0) {
    return { filter: {}, exact: all.some((part) => part.exact) };
  }
  const exact = some.every((part) => part.exact);
  return (
    joined(
      '$or',
      some.map(({ filter }) => filter),
      exact,
    ) ?? NONE
  );
}

/** What an exact filter does not let through. */
export function noneOf(part: Compiled): Compiled {
  return isNone(part) ? ALL : isAll(part) ? NONE : exactly({ $nor: [part.filter] });
}

/**
 * A condition on a single value: the store's operators hold of an array where they hold of an element, and look through
 * arrays of objects, but the query language does neither.
 */
export function ofValue(field: StoredField, condition: Readonly<Record<string, unknown>>): Filter {
  const arrays = guardedPaths(field);
  const { path } = field;
  const own = arrays.includes(path) ? { ...condition, $not: { $type: 'array' } } : condition;
  return { [path]: own, ...notArrays(arrays.filter((ancestor) => ancestor !== path)) };
}

/** A condition on a value that may itself be an array, but lies in none. */
export function outsideArrays(field: StoredField, condition: Readonly<Record<string, unknown>>): Filter {
  return { [field.path]: condition, ...notArrays(guardedPaths(field).filter((path) => path !== field.path)) };
}

function notArrays(paths: readonly string[]): Filter {
  return Object.fromEntries(paths.map((path) => [path, { $not: { $type: 'array' } }]));
}

/** The paths of a field, itself included, that may hold an array. */
function guardedPaths({ path, anyFrom }: StoredField): readonly string[] {
  if (anyFrom === undefined) {
    return [];
  }
  const paths = [anyFrom];
  for (let dot = path.indexOf('.', anyFrom.length); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    if (dot > anyFrom.length) {
      paths.push(path.slice(0, dot));
    }
  }
  return path === anyFrom ? paths : [...paths, path];
}

function joined(operator: '$and' | '$or', filters: readonly Filter[], exact: boolean): Compiled | undefined {
  const [only] = filters;
  if (only === undefined || filters.length === 1) {
    return only && { filter: only, exact };
  }
  const filter = { [operator]: filters };
  return levelsOf(filter) > MAX_LEVELS ? ANY : { filter, exact };
}

function conjuncts(filter: Filter): readonly Filter[] {
  const { $and: branches } = filter;
  return Array.isArray(branches) && Object.keys(filter).length === 1 ? (branches as readonly Filter[]) : [filter];
}

function levelsOf(filter: Filter): number {
  const branches = Object.entries(filter).flatMap(([key, value]) =>
    key.startsWith('$') ? (value as readonly Filter[]) : [],
  );
  return 1 + branches.reduce((most, branch) => Math.max(most, levelsOf(branch)), 0);
}

function isAll({ filter }: Compiled): boolean {
  return Object.keys(filter).length === 0;
}

function isNone(part: Compiled): boolean {
  return part.filter === NONE.filter;
}
