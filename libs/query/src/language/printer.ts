import type { Expression, Literal, Path, Query, SelectItem } from './ast.js';
import { Binding } from './expression-parser.js';
import { isReserved, type Scope, sameWord } from './path-parser.js';

/** The text of a query; parsed again, it gives the same tree. Equal trees have equal texts. */
export function printQuery(query: Query): string {
  const top = query.top === undefined ? '' : `TOP ${query.top} `;
  const items = query.items?.map((item) => printItem(item, query)).join(', ') ?? '*';
  const alias = query.alias === undefined ? '' : ` AS ${query.alias}`;
  const where = query.where === undefined ? '' : ` WHERE ${printExpression(query.where, query)}`;
  const groupBy =
    query.groupBy.length === 0 ? '' : ` GROUP BY ${query.groupBy.map((path) => printPath(path, query)).join(', ')}`;
  return `SELECT ${top}${items} FROM ${printNames(query.source)}${alias}${where}${groupBy}`;
}

/** The text of a condition or a value. */
export function printExpression(expression: Expression, scope: Scope = { source: ['devices'] }): string {
  const child = (inner: Expression, weakest: number) => {
    const text = printExpression(inner, scope);
    return bindingOf(inner) < weakest ? `(${text})` : text;
  };
  const binding = bindingOf(expression);
  switch (expression.kind) {
    case 'literal':
      return printLiteral(expression);
    case 'path':
      return printPath(expression, scope);
    case 'and':
    case 'or':
      return expression.operands
        .map((operand) => child(operand, binding + 1))
        .join(` ${expression.kind.toUpperCase()} `);
    case 'not':
      return `NOT ${child(expression.operand, binding)}`;
    case 'negate':
      return `-${expression.operand.kind === 'literal' ? `(${printLiteral(expression.operand)})` : child(expression.operand, binding)}`;
    case 'comparison':
    case 'arithmetic':
      return `${child(expression.left, binding)} ${expression.operator} ${child(expression.right, binding + 1)}`;
    case 'in': {
      const members = expression.members.map(printLiteral).join(', ');
      return `${child(expression.operand, binding)} ${expression.negated ? 'NIN' : 'IN'} [${members}]`;
    }
    case 'call':
      return `${expression.name}(${expression.arguments.map((argument) => printExpression(argument, scope)).join(', ')})`;
  }
}

function bindingOf(expression: Expression): number {
  switch (expression.kind) {
    case 'or':
      return Binding.or;
    case 'and':
      return Binding.and;
    case 'not':
      return Binding.not;
    case 'comparison':
    case 'in':
      return Binding.comparison;
    case 'arithmetic':
      return expression.operator === '+' || expression.operator === '-' ? Binding.sum : Binding.product;
    case 'negate':
      return Binding.sign;
    default:
      return Binding.primary;
  }
}

function printItem(item: SelectItem, scope: Scope): string {
  const path = item.path === undefined ? '' : printPath(item.path, scope);
  const text = item.kind === 'path' ? path : `${item.aggregate}(${path})`;
  return item.alias === undefined ? text : `${text} AS ${item.alias}`;
}

function printLiteral({ value }: Literal): string {
  return typeof value === 'string' ? printString(value) : Object.is(value, -0) ? '-0' : String(value);
}

function printString(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}

/** With the alias or source in front where the property could be read as one that has it. */
function printPath({ names }: Path, { source, alias }: Scope): string {
  const isAmbiguous = sameWord(source[0] ?? '', names[0]);
  const front = alias !== undefined ? [alias] : isAmbiguous ? source : [];
  return printNames([...front, ...names]);
}

function printNames([first = '', ...rest]: readonly string[]): string {
  const isPlain = isName(first) && !isReserved(first);
  return (
    (isPlain ? first : `[${printString(first)}]`) +
    rest.map((name) => (isName(name) ? `.${name}` : `[${printString(name)}]`)).join('')
  );
}

function isName(text: string): boolean {
  return /^[\p{L}_$][\p{L}\p{M}\p{N}_$]*$/u.test(text);
}
