import { MAX_QUERY_LENGTH } from './limits.js';
import { QueryError } from './query-error.js';

export type TokenKind = 'name' | 'string' | 'number' | 'bracketed' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** As written; of a string, a number and `[[name]]`, what it stands for. */
  readonly text: string;
  readonly offset: number;
}

const SPACE = /\s+/y;
const NAME = /[\p{L}_$][\p{L}\p{M}\p{N}_$]*/uy;
const NUMBER = /0[xX][0-9a-fA-F]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const STRING = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/suy;
/** A name with any characters, as Azure writes the ids of configurations: `configurations.[[id]].status`. */
const BRACKETED = /\[\[([^[\]]+)\]\]/y;
const SYMBOL = /<>|<=|>=|!=|[-+*/%=<>()[\],.]/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/**
 * Splits a query into its tokens; the last one is `end`.
 *
 * @throws QueryError
 */
export function tokenize(text: string): readonly Token[] {
  if (text.length > MAX_QUERY_LENGTH) {
    throw new QueryError(`a query must not exceed ${MAX_QUERY_LENGTH} characters.`, text, MAX_QUERY_LENGTH);
  }
  const tokens: Token[] = [];
  let offset = skipSpace(text, 0);
  while (offset < text.length) {
    const { token, end } = read(text, offset);
    tokens.push(token);
    offset = skipSpace(text, end);
  }
  tokens.push({ kind: 'end', text: '', offset: text.length });
  return tokens;
}

function read(text: string, offset: number): { readonly token: Token; readonly end: number } {
  const bracketed = match(BRACKETED, text, offset);
  if (bracketed?.[1] !== undefined) {
    return { token: { kind: 'bracketed', text: bracketed[1], offset }, end: offset + bracketed[0].length };
  }
  for (const [kind, pattern, decode] of PATTERNS) {
    const raw = match(pattern, text, offset)?.[0];
    if (raw !== undefined) {
      return { token: { kind, text: decode(raw, text, offset), offset }, end: offset + raw.length };
    }
  }
  const character = String.fromCodePoint(text.codePointAt(offset) ?? 0);
  const isQuote = character === '"' || character === "'";
  throw new QueryError(isQuote ? 'the string has no end.' : `unexpected ${JSON.stringify(character)}.`, text, offset);
}

type Decode = (raw: string, text: string, offset: number) => string;

const PATTERNS: readonly (readonly [TokenKind, RegExp, Decode])[] = [
  ['name', NAME, (raw) => raw],
  ['number', NUMBER, (raw) => raw],
  ['string', STRING, unescaped],
  ['symbol', SYMBOL, (raw) => (raw === '<>' ? '!=' : raw)],
];

function unescaped(raw: string, text: string, offset: number): string {
  return raw.slice(1, -1).replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gsu, (whole, unit, character, at: number) => {
    if (typeof unit === 'string') {
      return String.fromCharCode(Number.parseInt(unit, 16));
    }
    const plain = ESCAPES[character] ?? (/['"\\/]/.test(character) ? String(character) : undefined);
    if (plain === undefined) {
      throw new QueryError(`unknown escape ${whole}.`, text, offset + 1 + at);
    }
    return plain;
  });
}

function skipSpace(text: string, offset: number): number {
  return offset + (match(SPACE, text, offset)?.[0].length ?? 0);
}

function match(pattern: RegExp, text: string, offset: number): RegExpExecArray | null {
  pattern.lastIndex = offset;
  return pattern.exec(text);
}
