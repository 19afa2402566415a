import type { FunctionName } from '../language/ast.js';
import { isObject, isPrimitive, type Value } from './values.js';

type Implementation = (value: Value, operand: Value) => boolean | undefined;

/** Those of types are true or false of anything; those of strings are undefined of anything else. */
export const IMPLEMENTATIONS: Readonly<Record<FunctionName, Implementation>> = {
  IS_DEFINED: (value) => value !== undefined,
  IS_ARRAY: (value) => Array.isArray(value),
  IS_BOOL: (value) => typeof value === 'boolean',
  IS_NULL: (value) => value === null,
  IS_NUMBER: (value) => typeof value === 'number',
  IS_OBJECT: isObject,
  IS_PRIMITIVE: isPrimitive,
  IS_STRING: (value) => typeof value === 'string',
  CONTAINS: ofText((value, part) => value.includes(part)),
  STARTS_WITH: ofText((value, prefix) => value.startsWith(prefix)),
  ENDS_WITH: ofText((value, suffix) => value.endsWith(suffix)),
};

function ofText(test: (value: string, operand: string) => boolean): Implementation {
  return (value, operand) =>
    typeof value === 'string' && typeof operand === 'string' ? test(value, operand) : undefined;
}
