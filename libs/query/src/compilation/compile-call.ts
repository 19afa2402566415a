import { startsWith } from '@mooring/document-store';
import { IMPLEMENTATIONS } from '../evaluation/functions.js';
import type { Expression, FunctionName } from '../language/ast.js';
import { isDefined, isStorable } from './compile-comparison.js';
import type { FieldMap, StoredField } from './field-map.js';
import { ALL, ANY, anyOf, atLeast, type Compiled, exactly, NONE, noneOf, ofValue, outsideArrays } from './filters.js';

type Call = Expression & { readonly kind: 'call' };

const TYPES: Partial<Readonly<Record<FunctionName, readonly string[]>>> = {
  IS_ARRAY: ['array'],
  IS_BOOL: ['bool'],
  IS_NULL: ['null'],
  IS_NUMBER: ['number'],
  IS_OBJECT: ['object'],
  IS_PRIMITIVE: ['string', 'number', 'bool', 'null'],
  IS_STRING: ['string'],
};

/** A function that is true, or (`wanted` false) false. */
export function compileCall(call: Call, wanted: boolean, fields: FieldMap): Compiled {
  const [subject, operand] = call.arguments;
  if (call.arguments.every((argument) => argument.kind === 'literal')) {
    const [value, second] = call.arguments.map((argument) => argument.value);
    return IMPLEMENTATIONS[call.name](value, second) === wanted ? ALL : NONE;
  }
  const field = subject?.kind === 'path' ? fields(subject.names) : undefined;
  if (field === undefined) {
    return ANY;
  }
  if (operand === undefined) {
    return compileTypeTest(call.name, wanted, field);
  }
  if (operand.kind !== 'literal') {
    return ANY;
  }
  return typeof operand.value === 'string' ? compileTextTest(call.name, operand.value, { wanted, field }) : NONE;
}

/** Tests of types are true or false of everything, so that what is not true is false. */
function compileTypeTest(name: FunctionName, wanted: boolean, field: StoredField): Compiled {
  const holds = name === 'IS_DEFINED' ? isDefined(field) : isOfType(TYPES[name] ?? [], field);
  return wanted || !holds.exact ? holds : noneOf(holds);
}

function isOfType(types: readonly string[], field: StoredField): Compiled {
  if (field.form === 'text') {
    return ANY;
  }
  if (field.form !== 'same') {
    return types.includes('string') ? ALL : NONE;
  }
  const ofType = (type: string) =>
    type === 'array' ? outsideArrays(field, { $type: type }) : ofValue(field, { $type: type });
  return anyOf(types.map((type) => exactly(ofType(type))));
}

function compileTextTest(
  name: FunctionName,
  text: string,
  { wanted, field }: { readonly wanted: boolean; readonly field: StoredField },
): Compiled {
  if (typeof field.form === 'function') {
    return ANY;
  }
  const isPrefix = name === 'STARTS_WITH' && isStorable(text) && !text.includes('\0');
  if (field.form === 'text') {
    return isPrefix && wanted && text !== '' ? atLeast(exactly(ofValue(field, startsWith(text)))) : ANY;
  }
  if (!isPrefix) {
    return atLeast(exactly(ofValue(field, { $type: 'string' })));
  }
  if (wanted) {
    return exactly(ofValue(field, startsWith(text)));
  }
  return exactly({ $and: [ofValue(field, { $type: 'string' }), { [field.path]: { $not: startsWith(text) } }] });
}
