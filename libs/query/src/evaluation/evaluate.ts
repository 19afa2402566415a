import type { Arithmetic, Expression } from '../language/ast.js';
import { compare, isMember, negation, type Truth } from './comparisons.js';
import { IMPLEMENTATIONS } from './functions.js';
import type { Accessor, Value } from './values.js';

/** Whether a condition is true; what cannot be told is not. */
export function matches(condition: Expression, accessor: Accessor): boolean {
  return evaluate(condition, accessor) === true;
}

/**
 * The value of an expression. Logic has three values, as SQL's: what is undefined decides nothing, and NOT of it stays
 * undefined. Operators are undefined of operands that they are not meant for.
 */
export function evaluate(expression: Expression, accessor: Accessor): Value {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'path':
      return accessor(expression.names);
    case 'and':
      return junction(expression.operands, accessor, false);
    case 'or':
      return junction(expression.operands, accessor, true);
    case 'not':
      return negation(truth(evaluate(expression.operand, accessor)));
    case 'negate': {
      const value = evaluate(expression.operand, accessor);
      return typeof value === 'number' ? -value : undefined;
    }
    case 'comparison':
      return compare(expression.operator, evaluate(expression.left, accessor), evaluate(expression.right, accessor));
    case 'arithmetic':
      return calculate(expression.operator, evaluate(expression.left, accessor), evaluate(expression.right, accessor));
    case 'in': {
      const found = isMember(evaluate(expression.operand, accessor), expression.members);
      return expression.negated ? negation(found) : found;
    }
    case 'call': {
      const [first, second] = expression.arguments.map((argument) => evaluate(argument, accessor));
      return IMPLEMENTATIONS[expression.name](first, second);
    }
  }
}

/** AND and OR: one operand with the deciding value decides, whatever the others are. */
function junction(operands: readonly Expression[], accessor: Accessor, deciding: boolean): Truth {
  let result: Truth = !deciding;
  for (const operand of operands) {
    const value = truth(evaluate(operand, accessor));
    if (value === deciding) {
      return deciding;
    }
    result = value === undefined ? undefined : result;
  }
  return result;
}

/** What is no truth value is undefined where one is asked for. */
function truth(value: Value): Truth {
  return typeof value === 'boolean' ? value : undefined;
}

/** Undefined where there is no finite result. */
function calculate(operator: Arithmetic, left: Value, right: Value): number | undefined {
  if (typeof left !== 'number' || typeof right !== 'number') {
    return undefined;
  }
  const result = OPERATIONS[operator](left, right);
  return Number.isFinite(result) ? result : undefined;
}

const OPERATIONS: Readonly<Record<Arithmetic, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
};
