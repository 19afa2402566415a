import type { Expression, Path } from '../language/ast.js';
import { compileCall } from './compile-call.js';
import { compileComparison, compileMembership } from './compile-comparison.js';
import type { FieldMap } from './field-map.js';
import { ALL, ANY, allOf, anyOf, type Compiled, exactly, NONE, ofValue } from './filters.js';

/**
 * A condition as a filter of the document store. Where the filter is not exact, it lets through more documents than match,
 * and the evaluator has to look at each.
 *
 * The filter of a negation is not the negation of a filter: that of a superset is a subset. So each part is compiled for the
 * value that is asked of it, true or false, and what is undefined has neither.
 */
export function compileCondition(condition: Expression | undefined, fields: FieldMap): Compiled {
  return condition === undefined ? ALL : compile(condition, true, fields);
}

function compile(expression: Expression, wanted: boolean, fields: FieldMap): Compiled {
  switch (expression.kind) {
    case 'literal':
      return expression.value === wanted ? ALL : NONE;
    case 'path':
      return compileFlag(expression, wanted, fields);
    case 'and':
    case 'or': {
      const operands = wanted && expression.kind === 'or' ? withLists(expression.operands) : expression.operands;
      const parts = operands.map((operand) => compile(operand, wanted, fields));
      return (expression.kind === 'and') === wanted ? allOf(parts) : anyOf(parts);
    }
    case 'not':
      return compile(expression.operand, !wanted, fields);
    case 'comparison':
      return compileComparison(expression, wanted, fields);
    case 'in':
      return compileMembership(expression, wanted !== expression.negated, fields);
    case 'call':
      return compileCall(expression, wanted, fields);
    case 'negate':
    case 'arithmetic':
      return NONE;
  }
}

function compileFlag({ names }: Path, wanted: boolean, fields: FieldMap): Compiled {
  const field = fields(names);
  if (field === undefined) {
    return ANY;
  }
  return field.form === 'same' ? exactly(ofValue(field, { $eq: wanted })) : NONE;
}

/** Operands of an OR in which equalities of one property are one list, which an index serves; true of the same documents. */
function withLists(operands: readonly Expression[]): readonly Expression[] {
  const merged: Expression[] = [];
  const lists = new Map<string, number>();
  for (const operand of operands) {
    const list = asList(operand);
    const key = list === undefined ? '' : JSON.stringify(list.operand.names);
    const at = lists.get(key);
    const before = at === undefined ? undefined : merged[at];
    if (list === undefined) {
      merged.push(operand);
    } else if (at === undefined || before?.kind !== 'in') {
      lists.set(key, merged.length);
      merged.push(list);
    } else {
      merged[at] = { ...before, members: [...before.members, ...list.members] };
    }
  }
  return merged;
}

function asList(expression: Expression): (Expression & { readonly kind: 'in'; readonly operand: Path }) | undefined {
  if (expression.kind === 'in' && !expression.negated && expression.operand.kind === 'path') {
    return { ...expression, operand: expression.operand };
  }
  const isEquality = expression.kind === 'comparison' && expression.operator === '=';
  if (isEquality && expression.left.kind === 'path' && expression.right.kind === 'literal') {
    return { kind: 'in', negated: false, operand: expression.left, members: [expression.right] };
  }
  return undefined;
}
