import type { Comparison, Literal } from '../language/ast.js';
import { compareText, isPrimitive, type Value } from './values.js';

/** True, false, or undefined where it cannot be told. */
export type Truth = boolean | undefined;

/**
 * Whether two values are equal. Null equals null and nothing else; otherwise only values of one primitive type can be told to be
 * equal or not. Strings compare with case.
 */
export function equals(left: Value, right: Value): Truth {
  if (left === undefined || right === undefined) {
    return undefined;
  }
  if (left === null || right === null) {
    return left === right;
  }
  return isPrimitive(left) && typeof left === typeof right ? left === right : undefined;
}

/** Numbers are ordered, and strings by code point; nothing else is. */
export function compare(operator: Comparison, left: Value, right: Value): Truth {
  if (operator === '=') {
    return equals(left, right);
  }
  if (operator === '!=') {
    return negation(equals(left, right));
  }
  if (typeof left === 'number' && typeof right === 'number') {
    return holds(operator, left - right);
  }
  return typeof left === 'string' && typeof right === 'string' ? holds(operator, compareText(left, right)) : undefined;
}

/** True where a member is equal; false where it can be told of at least one that it is not (or there are none). */
export function isMember(value: Value, members: readonly Literal[]): Truth {
  if (value === undefined) {
    return undefined;
  }
  let found: Truth = members.length === 0 ? false : undefined;
  for (const member of members) {
    const same = equals(value, member.value);
    if (same === true) {
      return true;
    }
    found = same ?? found;
  }
  return found;
}

export function negation(truth: Truth): Truth {
  return truth === undefined ? undefined : !truth;
}

function holds(operator: '<' | '<=' | '>' | '>=', order: number): boolean {
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}
