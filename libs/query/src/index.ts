export { compare, type Truth } from './evaluation/comparisons.js';
export { evaluate, matches } from './evaluation/evaluate.js';
export { type Accessor, isObject, valueAt } from './evaluation/values.js';
export type * from './language/ast.js';
export { MAX_QUERY_LENGTH } from './language/limits.js';
export { printExpression, printQuery } from './language/printer.js';
export { QueryError } from './language/query-error.js';
export { parseCondition, parseQuery } from './language/query-parser.js';
