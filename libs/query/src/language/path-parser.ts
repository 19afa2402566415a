import type { Path } from './ast.js';
import { MAX_PATH_NAMES } from './limits.js';
import type { TokenReader } from './token-reader.js';

/** Words that cannot be the first name of a property, nor an alias. */
export const RESERVED: ReadonlySet<string> = new Set([
  'SELECT',
  'TOP',
  'FROM',
  'AS',
  'WHERE',
  'GROUP',
  'BY',
  'AND',
  'OR',
  'NOT',
  'IN',
  'NIN',
  'NULL',
  'TRUE',
  'FALSE',
  'UNDEFINED',
]);

export function isReserved(name: string): boolean {
  return RESERVED.has(name.toUpperCase());
}

/** `name.name['any name'].[[any name]]`; behind the first name, reserved words are names too. */
export function parsePath(reader: TokenReader): Path {
  const names: string[] = [firstName(reader)];
  for (let name = nextName(reader); name !== undefined; name = nextName(reader)) {
    if (names.push(name) > MAX_PATH_NAMES) {
      throw reader.error(`a property must not have more than ${MAX_PATH_NAMES} names.`);
    }
  }
  return reader.node({ kind: 'path', names });
}

export function startsPath(reader: TokenReader): boolean {
  const { kind, text } = reader.peek();
  return (kind === 'name' && !isReserved(text)) || kind === 'bracketed' || reader.isSymbol('[');
}

function firstName(reader: TokenReader): string {
  if (!startsPath(reader)) {
    throw reader.expected('a property');
  }
  return reader.isSymbol('[') ? bracketedName(reader) : reader.next().text;
}

function nextName(reader: TokenReader): string | undefined {
  if (reader.isSymbol('[')) {
    return bracketedName(reader);
  }
  if (reader.peek().kind === 'bracketed') {
    return reader.next().text;
  }
  if (!reader.takeSymbol('.')) {
    return undefined;
  }
  const { kind } = reader.peek();
  if (kind !== 'name' && kind !== 'bracketed') {
    throw reader.expected('the name of a property');
  }
  return reader.next().text;
}

function bracketedName(reader: TokenReader): string {
  reader.expectSymbol('[');
  if (reader.peek().kind !== 'string') {
    throw reader.expected('the name of a property in quotes');
  }
  const { text } = reader.next();
  reader.expectSymbol(']');
  return text;
}

/** What properties may be written with in front: the source's own name, or its alias. */
export interface Scope {
  readonly source: readonly string[];
  readonly alias?: string;
}

/** A property without the source or alias that it is written with; `devices.Id` is `deviceId`. */
export function resolvePath(path: Path, scope: Scope): Path {
  const { names } = path;
  if (scope.alias !== undefined && names.length > 1 && names[0] === scope.alias) {
    return { ...path, names: names.slice(1) };
  }
  for (let length = scope.source.length; length > 0; length--) {
    if (names.length > length && scope.source.slice(0, length).every((name, at) => sameWord(name, names[at]))) {
      const rest = names.slice(length);
      return { ...path, names: rest.length === 1 && rest[0] === 'Id' ? ['deviceId'] : rest };
    }
  }
  return path;
}

export function sameWord(left: string, right: string | undefined): boolean {
  return left.toLowerCase() === right?.toLowerCase();
}
