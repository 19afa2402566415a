import type { Expression, Literal, Path } from '../language/ast.js';

/** What a string stands for where it is compared with a property; the very same string for most. */
export type Conversion = (path: Path, text: string) => string;

/**
 * A condition with the strings that its properties are compared with converted, e.g. times to one spelling whose order is
 * that of the times, so that filter and evaluator understand them alike.
 */
export function convertLiterals(expression: Expression, convert: Conversion): Expression {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return { ...expression, operands: expression.operands.map((operand) => convertLiterals(operand, convert)) };
    case 'not':
      return { ...expression, operand: convertLiterals(expression.operand, convert) };
    case 'comparison': {
      const { left, right } = expression;
      return { ...expression, left: against(left, right, convert), right: against(right, left, convert) };
    }
    case 'in': {
      const { operand, members } = expression;
      return { ...expression, members: members.map((member) => converted(member, operand, convert)) };
    }
    default:
      return expression;
  }
}

function against(side: Expression, other: Expression, convert: Conversion): Expression {
  return side.kind === 'literal' ? converted(side, other, convert) : side;
}

function converted(literal: Literal, other: Expression, convert: Conversion): Literal {
  return typeof literal.value === 'string' && other.kind === 'path'
    ? { kind: 'literal', value: convert(other, literal.value) }
    : literal;
}
