import { isOperators, prefixOf, type Scalar } from '../documents/filter.js';
import type { Filter } from '../port.js';

export interface Bound {
  readonly value: string | number;
  readonly inclusive: boolean;
}

/** What a filter demands of the value at one path, as far as an index can tell. */
export interface Constraint {
  equals?: readonly Scalar[];
  lower?: Bound;
  upper?: Bound;
  prefix?: string;
}

export interface Constraints {
  readonly byPath: ReadonlyMap<string, Constraint>;
  /** Whether the filter demands nothing beyond these. */
  readonly complete: boolean;
}

/** Reads from a filter what all documents that match it have in common; `$or` and negations say nothing. */
export function constraintsOf(filter: Filter): Constraints {
  const byPath = new Map<string, Constraint>();
  const complete = collect(filter, byPath);
  return { byPath, complete };
}

function collect(filter: Filter, byPath: Map<string, Constraint>): boolean {
  let complete = true;
  for (const [path, condition] of Object.entries(filter)) {
    if (path === '$and') {
      for (const branch of condition as readonly Filter[]) {
        complete = collect(branch, byPath) && complete;
      }
    } else if (path.startsWith('$')) {
      complete = false;
    } else {
      const constraint = byPath.get(path) ?? {};
      byPath.set(path, constraint);
      const operators = isOperators(condition) ? condition : { $eq: condition };
      for (const [operator, operand] of Object.entries(operators)) {
        complete = add(constraint, operator, operand) && complete;
      }
    }
  }
  return complete;
}

/** Adds what one operator demands; false where the constraint does not hold all of it. */
function add(constraint: Constraint, operator: string, operand: unknown): boolean {
  switch (operator) {
    case '$eq':
      return addEquals(constraint, [operand as Scalar]);
    case '$in':
      return addEquals(constraint, operand as readonly Scalar[]);
    case '$gt':
    case '$gte':
      return addBound(constraint, 'lower', { value: operand as Bound['value'], inclusive: operator === '$gte' });
    case '$lt':
    case '$lte':
      return addBound(constraint, 'upper', { value: operand as Bound['value'], inclusive: operator === '$lte' });
    case '$regex': {
      const prefix = prefixOf(operand);
      if (prefix === undefined || isUsed(constraint)) {
        return false;
      }
      constraint.prefix = prefix;
      return true;
    }
    default:
      return false;
  }
}

function addEquals(constraint: Constraint, values: readonly Scalar[]): boolean {
  if (values.includes(null) || isUsed(constraint)) {
    return false;
  }
  constraint.equals = values;
  return true;
}

function addBound(constraint: Constraint, side: 'lower' | 'upper', bound: Bound): boolean {
  const other = constraint[side === 'lower' ? 'upper' : 'lower'];
  const taken = constraint.equals ?? constraint.prefix ?? constraint[side];
  if (taken !== undefined || (other !== undefined && typeof other.value !== typeof bound.value)) {
    return false;
  }
  constraint[side] = bound;
  return true;
}

function isUsed(constraint: Constraint): boolean {
  return Object.keys(constraint).length > 0;
}
