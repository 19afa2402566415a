import { Context } from 'mingo/core';
import { $and, $nor, $not, $or } from 'mingo/operators/query/logical';
import { Query } from 'mingo/query';
import { resolve } from 'mingo/util';
import { type Fields, isPlainObject } from '../documents/document-copy.js';
import type { Filter } from '../port.js';
import { compareValues } from './value-order.js';

export type Matcher = (document: object) => boolean;

type Test = (value: unknown) => boolean;

/**
 * Compiles a filter that `checkFilter` has let pass. mingo evaluates it with operators of our own for single values, since its
 * own compare strings by UTF-16, do not know binary values, and hash the whole list of `$in` for each document.
 */
export function compileFilter(filter: Filter): Matcher {
  if (Object.keys(filter).length === 0) {
    return () => true;
  }
  const query = new Query(filter, { context: OPERATORS, scriptEnabled: false });
  return (document) => query.test(document as Fields);
}

/** mingo types each operator as all of its own at once. */
type QueryOperators = NonNullable<NonNullable<Parameters<typeof Context.init>[0]>['query']>;

const OPERATORS = Context.init({
  query: {
    $and,
    $or,
    $nor,
    $not,
    $eq: operator(equalTo),
    $ne: negated(equalTo),
    $in: operator(anyOf),
    $nin: negated(anyOf),
    $gt: ordered((order) => order > 0),
    $gte: ordered((order) => order >= 0),
    $lt: ordered((order) => order < 0),
    $lte: ordered((order) => order <= 0),
    $type: operator((name) => TYPE_TESTS[name as string] ?? (() => false)),
    // Always a literal prefix, so that the expression takes linear time; mingo hands it over compiled.
    $regex: operator((expression) => (value) => typeof value === 'string' && (expression as RegExp).test(value)),
    $exists: (path: string, operand: unknown) => {
      const names = path.split('.');
      return (document: unknown) => exists(document, names, 0) === operand;
    },
  } as unknown as QueryOperators,
});

const TYPE_TESTS: Readonly<Record<string, Test>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  bool: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  object: isPlainObject,
  array: Array.isArray,
  binData: (value) => value instanceof Uint8Array,
};

/** An operator that holds where the value itself, or an element of it, passes the test made of the operand. */
function operator(testOf: (operand: unknown) => Test) {
  return (path: string, operand: unknown) => {
    const test = testOf(operand);
    return (document: Fields): boolean => {
      const value: unknown = resolve(document, path, { unwrapArray: true });
      return test(value) || (Array.isArray(value) && value.some((element) => test(element)));
    };
  };
}

function negated(testOf: (operand: unknown) => Test) {
  const positive = operator(testOf);
  return (path: string, operand: unknown) => {
    const matches = positive(path, operand);
    return (document: Fields) => !matches(document);
  };
}

function ordered(holds: (order: number) => boolean) {
  return operator(
    (operand) => (value) =>
      typeof value === typeof operand && !Number.isNaN(value) && holds(compareValues(value, operand)),
  );
}

function equalTo(operand: unknown): Test {
  return operand === null ? (value) => value === null || value === undefined : (value) => value === operand;
}

function anyOf(list: unknown): Test {
  const operands = new Set(list as readonly unknown[]);
  return (value) => operands.has(value ?? null);
}

/** Whether there is anything at the path, null included; through arrays of objects, in any of them. */
function exists(value: unknown, names: readonly string[], from: number): boolean {
  const name = names[from];
  if (name === undefined) {
    return value !== undefined;
  }
  if (Array.isArray(value)) {
    const index = /^\d+$/.test(name) ? Number(name) : -1;
    return (
      (index in value && exists(value[index], names, from + 1)) ||
      value.some((element) => !Array.isArray(element) && exists(element, names, from))
    );
  }
  return isPlainObject(value) && Object.hasOwn(value, name) && exists(value[name], names, from + 1);
}
