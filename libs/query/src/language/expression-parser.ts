import {
  type Arithmetic,
  type Comparison,
  type Expression,
  FUNCTIONS,
  type FunctionName,
  type Literal,
} from './ast.js';
import { isReserved, parsePath, resolvePath, type Scope, startsPath } from './path-parser.js';
import type { TokenReader } from './token-reader.js';

/** How strongly operators bind, the weakest first. */
export const Binding = { or: 1, and: 2, not: 3, comparison: 4, sum: 5, product: 6, sign: 7, primary: 8 } as const;

const COMPARISONS: ReadonlySet<string> = new Set<Comparison>(['=', '!=', '<', '<=', '>', '>=']);
const SUMS: ReadonlySet<string> = new Set<Arithmetic>(['+', '-']);
const PRODUCTS: ReadonlySet<string> = new Set<Arithmetic>(['*', '/', '%']);
const CONSTANTS: Readonly<Record<string, Literal>> = {
  NULL: { kind: 'literal', value: null },
  TRUE: { kind: 'literal', value: true },
  FALSE: { kind: 'literal', value: false },
  UNDEFINED: { kind: 'literal', value: undefined },
};
/** Spellings without the underscore. */
const OTHER_NAMES: Readonly<Record<string, FunctionName>> = { STARTSWITH: 'STARTS_WITH', ENDSWITH: 'ENDS_WITH' };

/** A Pratt parser: an operand, then operators that bind more strongly than what stands to the left. */
export class ExpressionParser {
  constructor(
    private readonly reader: TokenReader,
    private readonly scope: Scope,
  ) {}

  parse(weakest: number = Binding.or): Expression {
    return this.reader.deeper(() => {
      let left = this.operand();
      for (let next = this.extended(left, weakest); next !== undefined; next = this.extended(left, weakest)) {
        left = next;
      }
      return left;
    });
  }

  private operand(): Expression {
    const { reader } = this;
    if (reader.takeKeyword('NOT')) {
      return reader.node({ kind: 'not', operand: this.parse(Binding.not) });
    }
    if (reader.takeSymbol('-')) {
      const literal = reader.peek().kind === 'number' ? this.number(-1) : undefined;
      return literal ?? reader.node({ kind: 'negate', operand: this.parse(Binding.sign) });
    }
    if (reader.takeSymbol('(')) {
      const inner = this.parse();
      reader.expectSymbol(')');
      return inner;
    }
    return this.constant() ?? this.call() ?? this.path();
  }

  /** What stands to the left together with the operator that follows, if that binds strongly enough. */
  private extended(left: Expression, weakest: number): Expression | undefined {
    const { reader } = this;
    const word = reader.peek().kind === 'name' ? reader.peek().text.toUpperCase() : '';
    if ((word === 'AND' || word === 'OR') && weakest <= (word === 'OR' ? Binding.or : Binding.and)) {
      return this.junction(left, word);
    }
    if ((word === 'IN' || word === 'NIN') && weakest <= Binding.comparison) {
      reader.next();
      return reader.node({ kind: 'in', negated: word === 'NIN', operand: left, members: this.members() });
    }
    const symbol = reader.peek().kind === 'symbol' ? reader.peek().text : '';
    if (COMPARISONS.has(symbol) && weakest <= Binding.comparison) {
      reader.next();
      const right = this.parse(Binding.comparison + 1);
      return reader.node({ kind: 'comparison', operator: symbol as Comparison, left, right });
    }
    const binding = SUMS.has(symbol) ? Binding.sum : PRODUCTS.has(symbol) ? Binding.product : 0;
    if (binding !== 0 && weakest <= binding) {
      reader.next();
      const right = this.parse(binding + 1);
      return reader.node({ kind: 'arithmetic', operator: symbol as Arithmetic, left, right });
    }
    return undefined;
  }

  /** All operands of a chain of ANDs or ORs, in one node however many they are. */
  private junction(first: Expression, word: 'AND' | 'OR'): Expression {
    const operands = [first];
    while (this.reader.takeKeyword(word)) {
      operands.push(this.parse((word === 'OR' ? Binding.or : Binding.and) + 1));
    }
    return this.reader.node({ kind: word === 'AND' ? 'and' : 'or', operands });
  }

  private members(): readonly Literal[] {
    const { reader } = this;
    const members: Literal[] = [];
    reader.expectSymbol('[');
    while (!reader.takeSymbol(']')) {
      if (members.length > 0) {
        reader.expectSymbol(',');
      }
      const sign = reader.isSymbol('-') && reader.peek(1).kind === 'number' && reader.takeSymbol('-') ? -1 : 1;
      const member = sign === -1 ? this.number(-1) : this.constant();
      if (member === undefined) {
        throw reader.expected('a string, a number, true, false or null');
      }
      members.push(member);
    }
    return members;
  }

  private constant(): Literal | undefined {
    const { reader } = this;
    const { kind, text } = reader.peek();
    if (kind === 'string') {
      reader.next();
      return reader.node({ kind: 'literal', value: text });
    }
    if (kind === 'number') {
      return this.number(1);
    }
    const constant = kind === 'name' ? CONSTANTS[text.toUpperCase()] : undefined;
    if (constant !== undefined) {
      reader.next();
      reader.node(constant);
    }
    return constant;
  }

  private number(sign: 1 | -1): Literal {
    const { reader } = this;
    const { text, offset } = reader.next();
    const value = Number(text);
    if (!Number.isFinite(value)) {
      throw reader.error('the number is too large.', offset);
    }
    return reader.node({ kind: 'literal', value: sign * value });
  }

  private call(): Expression | undefined {
    const { reader } = this;
    const { kind, text, offset } = reader.peek();
    if (kind !== 'name' || isReserved(text) || !reader.isSymbol('(', 1)) {
      return undefined;
    }
    const upper = text.toUpperCase();
    const name = OTHER_NAMES[upper] ?? upper;
    if (!isFunction(name)) {
      throw reader.error(`there is no function ${text.slice(0, 40)} in a condition.`, offset);
    }
    reader.next();
    reader.next();
    const given: Expression[] = [];
    for (let at = 0; at < FUNCTIONS[name]; at++) {
      if (at > 0) {
        reader.expectSymbol(',');
      }
      given.push(this.parse());
    }
    reader.expectSymbol(')');
    return reader.node({ kind: 'call', name, arguments: given });
  }

  private path(): Expression {
    if (!startsPath(this.reader)) {
      throw this.reader.expected('a property, a value, a function, NOT or "("');
    }
    return resolvePath(parsePath(this.reader), this.scope);
  }
}

function isFunction(name: string): name is FunctionName {
  return Object.hasOwn(FUNCTIONS, name);
}
