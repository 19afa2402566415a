import { AGGREGATES, type AggregateName, type Expression, type Path, type Query, type SelectItem } from './ast.js';
import { ExpressionParser } from './expression-parser.js';
import { MAX_SELECT_ITEMS, MAX_TOP } from './limits.js';
import { isReserved, parsePath, resolvePath, type Scope } from './path-parser.js';
import { TokenReader } from './token-reader.js';

/**
 * Parses `SELECT … FROM … [WHERE …] [GROUP BY …]`. Any source is accepted: which there are is up to the caller.
 *
 * @throws QueryError (`ArgumentInvalid`) with the place of what is wrong
 */
export function parseQuery(text: string): Query {
  const reader = new TokenReader(text);
  reader.expectKeyword('SELECT');
  const top = reader.isKeyword('TOP') ? parseTop(reader) : undefined;
  const items = reader.takeSymbol('*') ? undefined : parseItems(reader);
  reader.expectKeyword('FROM');
  const scope = parseSource(reader);
  const where = reader.takeKeyword('WHERE') ? new ExpressionParser(reader, scope).parse() : undefined;
  const groupBy = reader.takeKeyword('GROUP') ? parseGroupBy(reader, scope) : [];
  reader.expectEnd(
    groupBy.length > 0
      ? 'the end'
      : where === undefined
        ? 'WHERE, GROUP BY or the end'
        : 'an operator, GROUP BY or the end',
  );
  return {
    ...(top !== undefined && { top }),
    ...(items !== undefined && { items: items.map((item) => resolveItem(item, scope)) }),
    ...scope,
    ...(where !== undefined && { where }),
    groupBy,
  };
}

/**
 * Parses a condition by itself, as a job or a configuration has it. `*` and an empty text mean all, and give undefined.
 *
 * @throws QueryError
 */
export function parseCondition(text: string, source: readonly string[] = ['devices']): Expression | undefined {
  const reader = new TokenReader(text);
  if (reader.peek().kind === 'end') {
    return undefined;
  }
  const isAll = reader.takeSymbol('*');
  const condition = isAll ? undefined : new ExpressionParser(reader, { source }).parse();
  reader.expectEnd(isAll ? 'the end' : 'an operator or the end');
  return condition;
}

function parseTop(reader: TokenReader): number {
  reader.next();
  const { kind, text } = reader.peek();
  const top = kind === 'number' ? Number(text) : 0;
  if (!Number.isInteger(top) || top < 1 || top > MAX_TOP) {
    throw reader.expected(`a whole number from 1 to ${MAX_TOP}`);
  }
  reader.next();
  return top;
}

function parseItems(reader: TokenReader): readonly SelectItem[] {
  const items: SelectItem[] = [];
  do {
    const item = parseItem(reader);
    items.push(reader.takeKeyword('AS') ? { ...item, alias: parseName(reader) } : item);
    if (items.length > MAX_SELECT_ITEMS) {
      throw reader.error(`a query must not select more than ${MAX_SELECT_ITEMS} items.`);
    }
  } while (reader.takeSymbol(','));
  return items;
}

function parseItem(reader: TokenReader): SelectItem {
  const { kind, text, offset } = reader.peek();
  if (kind !== 'name' || !reader.isSymbol('(', 1)) {
    return { kind: 'path', path: parsePath(reader) };
  }
  const aggregate = text.toUpperCase();
  if (!isAggregate(aggregate)) {
    throw reader.error(`expected one of ${AGGREGATES.join(', ')}, or a property.`, offset);
  }
  reader.next();
  reader.next();
  if (aggregate === 'COUNT') {
    reader.takeSymbol('*');
  }
  const path = aggregate === 'COUNT' ? undefined : parsePath(reader);
  reader.expectSymbol(')');
  return reader.node({ kind: 'aggregate', aggregate, ...(path !== undefined && { path }) });
}

function parseSource(reader: TokenReader): Scope {
  const { names: source } = parsePath(reader);
  const { kind, text } = reader.peek();
  if (reader.takeKeyword('AS') || (kind === 'name' && !isReserved(text))) {
    return { source, alias: parseName(reader) };
  }
  return { source };
}

function parseGroupBy(reader: TokenReader, scope: Scope): readonly Path[] {
  reader.expectKeyword('BY');
  const paths: Path[] = [];
  do {
    paths.push(resolvePath(parsePath(reader), scope));
  } while (reader.takeSymbol(','));
  return paths;
}

function parseName(reader: TokenReader): string {
  const { kind, text } = reader.peek();
  if (kind !== 'name' || isReserved(text)) {
    throw reader.expected('a name');
  }
  reader.next();
  return text;
}

function resolveItem(item: SelectItem, scope: Scope): SelectItem {
  return item.path === undefined ? item : { ...item, path: resolvePath(item.path, scope) };
}

function isAggregate(name: string): name is AggregateName {
  return (AGGREGATES as readonly string[]).includes(name);
}
