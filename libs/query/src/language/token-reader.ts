import { type Token, tokenize } from './lexer.js';
import { MAX_DEPTH, MAX_NODES } from './limits.js';
import { QueryError } from './query-error.js';

/** The tokens of a query, one after the other, and the budgets of what is made of them. */
export class TokenReader {
  private readonly tokens: readonly Token[];
  private position = 0;
  private nodes = 0;
  private depth = 0;

  constructor(private readonly text: string) {
    this.tokens = tokenize(text);
  }

  /** The token that comes next, or the one so many behind it. */
  peek(ahead = 0): Token {
    const token = this.tokens[Math.min(this.position + ahead, this.tokens.length - 1)];
    if (token === undefined) {
      throw new RangeError('Every query has an end.');
    }
    return token;
  }

  next(): Token {
    const token = this.peek();
    this.position++;
    return token;
  }

  isSymbol(symbol: string, ahead = 0): boolean {
    const { kind, text } = this.peek(ahead);
    return kind === 'symbol' && text === symbol;
  }

  /** Keywords compare without case. */
  isKeyword(keyword: string): boolean {
    const { kind, text } = this.peek();
    return kind === 'name' && text.toUpperCase() === keyword;
  }

  takeSymbol(symbol: string): boolean {
    return this.isSymbol(symbol) && this.next() !== undefined;
  }

  takeKeyword(keyword: string): boolean {
    return this.isKeyword(keyword) && this.next() !== undefined;
  }

  expectSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) {
      throw this.expected(`"${symbol}"`);
    }
  }

  expectKeyword(keyword: string): void {
    if (!this.takeKeyword(keyword)) {
      throw this.expected(keyword);
    }
  }

  expectEnd(expected: string): void {
    if (this.peek().kind !== 'end') {
      throw this.expected(expected);
    }
  }

  expected(what: string): QueryError {
    const { kind, text, offset } = this.peek();
    const found = kind === 'end' ? 'the end' : JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
    return this.error(`expected ${what}, found ${found}.`, offset);
  }

  error(problem: string, offset = this.peek().offset): QueryError {
    return new QueryError(problem, this.text, offset);
  }

  /** Counts a node of the tree. */
  node<T>(node: T): T {
    if (++this.nodes > MAX_NODES) {
      throw this.error(`a query must not have more than ${MAX_NODES} parts.`);
    }
    return node;
  }

  /** Reads something that lies one level deeper. */
  deeper<T>(read: () => T): T {
    if (++this.depth > MAX_DEPTH) {
      throw this.error(`an expression must not nest deeper than ${MAX_DEPTH}.`);
    }
    const result = read();
    this.depth--;
    return result;
  }
}
