import { compare, isMember, type Truth } from '../evaluation/comparisons.js';
import type { Comparison, Expression, Literal, LiteralValue } from '../language/ast.js';
import type { FieldMap, StoredField } from './field-map.js';
import {
  ALL,
  ANY,
  allOf,
  anyOf,
  atLeast,
  type Compiled,
  exactly,
  NONE,
  noneOf,
  ofValue,
  outsideArrays,
} from './filters.js';

type ComparisonExpression = Expression & { readonly kind: 'comparison' };
type Membership = Expression & { readonly kind: 'in' };
type Comparable = string | number;

const FLIPPED: Readonly<Record<Comparison, Comparison>> = {
  '=': '=',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};
const OPPOSITE: Readonly<Record<Comparison, Comparison>> = {
  '=': '!=',
  '!=': '=',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};
const RANGES = { '<': '$lt', '<=': '$lte', '>': '$gt', '>=': '$gte' } as const;

/** A comparison that is true, or (`wanted` false) false: that is the opposite one of values that can be compared. */
export function compileComparison(expression: ComparisonExpression, wanted: boolean, fields: FieldMap): Compiled {
  const { left, right } = expression;
  const operator = wanted ? expression.operator : OPPOSITE[expression.operator];
  if (left.kind === 'literal' && right.kind === 'literal') {
    return decided(compare(operator, left.value, right.value), true);
  }
  if (left.kind === 'path' && right.kind === 'literal') {
    return compilePathComparison(fields(left.names), operator, right.value);
  }
  if (left.kind === 'literal' && right.kind === 'path') {
    return compilePathComparison(fields(right.names), FLIPPED[operator], left.value);
  }
  return ANY;
}

/** A property that is (or is not) in a list; what is no primitive value of a type that is in the list is neither. */
export function compileMembership({ operand, members }: Membership, wanted: boolean, fields: FieldMap): Compiled {
  if (operand.kind === 'literal') {
    return decided(isMember(operand.value, members), wanted);
  }
  const field = operand.kind === 'path' ? fields(operand.names) : undefined;
  if (field === undefined) {
    return ANY;
  }
  if (wanted) {
    return anyOf([
      equalToAny(
        field,
        members.map(({ value }) => value).filter((value) => value !== null),
      ),
      ...(members.some(({ value }) => value === null) ? [isNull(field)] : []),
    ]);
  }
  return field.form === 'same' ? outsideList(field, members) : ANY;
}

function compilePathComparison(field: StoredField | undefined, operator: Comparison, value: LiteralValue): Compiled {
  if (value === undefined) {
    return NONE;
  }
  if (field === undefined) {
    return ANY;
  }
  if (operator === '=') {
    return value === null ? isNull(field) : equalToAny(field, [value]);
  }
  if (operator === '!=') {
    return differsFrom(field, value);
  }
  return typeof value === 'string' || typeof value === 'number' ? compileRange(field, operator, value) : NONE;
}

function compileRange(field: StoredField, operator: keyof typeof RANGES, value: Comparable): Compiled {
  if (typeof field.form === 'function') {
    const stored = typeof value === 'string' ? field.form(value) : undefined;
    const isTellable = stored !== undefined || typeof value === 'number';
    return stored === undefined ? (isTellable ? NONE : ANY) : exactly({ [field.path]: { [RANGES[operator]]: stored } });
  }
  if (field.form === 'text') {
    // What is less than some string may be the empty one, of which the store tells nothing.
    return typeof value === 'number'
      ? NONE
      : operator === '>' && isStorable(value)
        ? atLeast(range(field, operator, value))
        : ANY;
  }
  return isStorable(value) ? range(field, operator, value) : atLeast(exactly(ofValue(field, { $type: 'string' })));
}

function range(field: StoredField, operator: keyof typeof RANGES, value: Comparable): Compiled {
  return exactly(ofValue(field, { [RANGES[operator]]: value }));
}

function equalToAny(field: StoredField, values: readonly LiteralValue[]): Compiled {
  const { form } = field;
  if (typeof form === 'function') {
    const texts = values.filter((value) => typeof value === 'string');
    const stored = texts.map(form).filter((value) => value !== undefined);
    return stored.length < texts.length ? ANY : stored.length === 0 ? NONE : exactly(equality(field, stored));
  }
  if (form === 'text') {
    const texts = values.filter((value) => typeof value === 'string');
    return texts.includes('')
      ? ANY
      : texts.length === 0
        ? NONE
        : atLeast(exactly(equality(field, texts.filter(isStorable))));
  }
  // A string that is not well-formed is in no document.
  const stored = values.filter((value) => value !== undefined && isStorable(value));
  return stored.length === 0 ? NONE : exactly(equality(field, stored));
}

function equality(field: StoredField, values: readonly unknown[]): Compiled['filter'] {
  return ofValue(field, values.length === 1 ? { $eq: values[0] } : { $in: [...new Set(values)] });
}

function differsFrom(field: StoredField, value: LiteralValue): Compiled {
  if (value === null) {
    const isPresent = isDefined(field);
    return isPresent.exact ? allOf([isPresent, noneOf(isNull(field))]) : isPresent;
  }
  if (typeof field.form === 'function') {
    const stored = typeof value === 'string' ? field.form(value) : undefined;
    return typeof value !== 'string' ? NONE : stored === undefined ? ANY : exactly({ [field.path]: { $ne: stored } });
  }
  return field.form === 'same' ? outsideList(field, [{ kind: 'literal', value }]) : ANY;
}

/** Null, and values of the types that are in a list but not in the list; with null in it, all values can be told. */
function outsideList(field: StoredField, members: readonly Literal[]): Compiled {
  if (members.length === 0) {
    return isDefined(field);
  }
  if (members.some(({ value }) => value === null)) {
    return atLeast(isDefined(field));
  }
  const ofType = (type: 'string' | 'number' | 'boolean', name: string): readonly Compiled[] => {
    const values = members.map(({ value }) => value).filter((value) => typeof value === type);
    const stored = values.filter(isStorable);
    return values.length === 0
      ? []
      : [exactly(ofValue(field, { $type: name, ...(stored.length > 0 && { $nin: stored }) }))];
  };
  return anyOf([
    isNull(field),
    ...ofType('string', 'string'),
    ...ofType('number', 'number'),
    ...ofType('boolean', 'bool'),
  ]);
}

export function isDefined(field: StoredField): Compiled {
  return field.form === 'same' ? exactly(outsideArrays(field, { $exists: true })) : field.form === 'text' ? ANY : ALL;
}

function isNull(field: StoredField): Compiled {
  return field.form === 'same' ? exactly(ofValue(field, { $type: 'null' })) : field.form === 'text' ? ANY : NONE;
}

function decided(truth: Truth, wanted: boolean): Compiled {
  return truth === wanted ? ALL : NONE;
}

/** Whether a document can hold a value: stores replace what is not well-formed. */
export function isStorable(value: unknown): boolean {
  return typeof value !== 'string' || value.isWellFormed();
}
