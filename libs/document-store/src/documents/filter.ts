import type { Filter } from '../port.js';
import { isPlainObject } from './document-copy.js';
import { invalid } from './errors.js';
import { checkPath } from './identifiers.js';

export type Scalar = string | number | boolean | null;

/** The names of `$type` that mean the same in both adapters. */
export const TYPE_NAMES: ReadonlySet<string> = new Set([
  'string',
  'number',
  'bool',
  'null',
  'object',
  'array',
  'binData',
]);

const MAX_FILTER_DEPTH = 32;
const MAX_LIST_LENGTH = 10_000;

/**
 * Refuses a filter that the adapters could understand differently, or that could cost more than it should.
 *
 * @throws DocumentStoreError `invalid`
 */
export function checkFilter(filter: Filter, depth = 1): void {
  if (!isPlainObject(filter) || depth > MAX_FILTER_DEPTH) {
    throw invalid('A filter is a plain object of limited depth.');
  }
  for (const [key, condition] of Object.entries(filter)) {
    if (key === '$and' || key === '$or' || key === '$nor') {
      for (const branch of checkList(condition, key)) {
        checkFilter(branch as Filter, depth + 1);
      }
    } else {
      checkPath(key);
      checkCondition(condition, depth + 1);
    }
  }
}

/** A condition of the form `{ $gt: 1, … }`, as against a value that must be equal. */
export function isOperators(condition: unknown): condition is Readonly<Record<string, unknown>> {
  return isPlainObject(condition);
}

/** The condition of a string that begins with `prefix`. */
export function startsWith(prefix: string): { readonly $regex: string } {
  return { $regex: `^${prefix.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')}` };
}

/** The literal prefix that a pattern made by `startsWith` asks for; undefined for any other pattern. */
export function prefixOf(pattern: unknown): string | undefined {
  if (typeof pattern !== 'string' || !/^\^(?:[^\\^$.*+?()[\]{}|]|\\[^\p{L}\p{N}])*$/su.test(pattern)) {
    return undefined;
  }
  return pattern.slice(1).replace(/\\(.)/gsu, '$1');
}

function checkCondition(condition: unknown, depth: number): void {
  if (!isOperators(condition)) {
    checkScalar(condition);
    return;
  }
  if (depth > MAX_FILTER_DEPTH || Object.keys(condition).length === 0) {
    throw invalid('A condition is a value or at least one operator, of limited depth.');
  }
  for (const [operator, operand] of Object.entries(condition)) {
    checkOperator(operator, operand, depth);
  }
}

function checkOperator(operator: string, operand: unknown, depth: number): void {
  if (operator === '$not') {
    if (!isOperators(operand)) {
      throw invalid('$not takes operators.');
    }
    checkCondition(operand, depth + 1);
    return;
  }
  const check = Object.hasOwn(OPERAND_CHECKS, operator) ? OPERAND_CHECKS[operator] : undefined;
  if (check === undefined) {
    throw invalid(`A filter cannot use ${operator}.`);
  }
  check(operand, operator);
}

type OperandCheck = (operand: unknown, operator: string) => void;

const checkComparable: OperandCheck = (operand, operator) => {
  if (!isText(operand) && !Number.isFinite(operand)) {
    throw invalid(`${operator} compares with a string or a finite number.`);
  }
};

const checkMembers: OperandCheck = (operand, operator) => {
  checkList(operand, operator).forEach(checkScalar);
};

const OPERAND_CHECKS: Readonly<Record<string, OperandCheck>> = {
  $eq: checkScalar,
  $ne: checkScalar,
  $gt: checkComparable,
  $gte: checkComparable,
  $lt: checkComparable,
  $lte: checkComparable,
  $in: checkMembers,
  $nin: checkMembers,
  $exists: (operand) => {
    if (typeof operand !== 'boolean') {
      throw invalid('$exists takes a boolean.');
    }
  },
  $type: (operand) => {
    if (typeof operand !== 'string' || !TYPE_NAMES.has(operand)) {
      throw invalid(`$type takes one of ${[...TYPE_NAMES].join(', ')}.`);
    }
  },
  $regex: (operand) => {
    if (prefixOf(operand) === undefined || !isText(operand) || operand.includes('\0')) {
      throw invalid('$regex takes a literal prefix, as startsWith() makes it.');
    }
  },
};

function checkList(list: unknown, operator: string): readonly unknown[] {
  if (!Array.isArray(list) || list.length > MAX_LIST_LENGTH || (list.length === 0 && !operator.endsWith('in'))) {
    throw invalid(`${operator} takes a list of at most ${MAX_LIST_LENGTH}.`);
  }
  return list;
}

function checkScalar(value: unknown): void {
  const scalar = value === null || isText(value) || typeof value === 'boolean' || Number.isFinite(value);
  if (!scalar) {
    throw invalid('A filter compares with strings, finite numbers, booleans and null.');
  }
}

/** A string that a document can hold: what is not well-formed is stored otherwise. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed();
}
