/** What a query says. The parser bounds the nodes of a tree by `MAX_NODES`, so that code that walks it may recurse. */

export type LiteralValue = string | number | boolean | null | undefined;

export interface Literal {
  readonly kind: 'literal';
  readonly value: LiteralValue;
}

/** A property, e.g. `tags.building`, without the source or alias that it may be written with. */
export interface Path {
  readonly kind: 'path';
  readonly names: readonly string[];
}

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type Arithmetic = '+' | '-' | '*' | '/' | '%';

/** A condition or a value. `and` and `or` have two operands or more. */
export type Expression =
  | Literal
  | Path
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Expression[] }
  | { readonly kind: 'not' | 'negate'; readonly operand: Expression }
  | {
      readonly kind: 'comparison';
      readonly operator: Comparison;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'arithmetic';
      readonly operator: Arithmetic;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'in';
      readonly negated: boolean;
      readonly operand: Expression;
      readonly members: readonly Literal[];
    }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly arguments: readonly Expression[] };

/** The functions, with the number of their arguments. */
export const FUNCTIONS = {
  IS_DEFINED: 1,
  IS_ARRAY: 1,
  IS_BOOL: 1,
  IS_NULL: 1,
  IS_NUMBER: 1,
  IS_OBJECT: 1,
  IS_PRIMITIVE: 1,
  IS_STRING: 1,
  CONTAINS: 2,
  STARTS_WITH: 2,
  ENDS_WITH: 2,
} as const;
export type FunctionName = keyof typeof FUNCTIONS;

export const AGGREGATES = ['COUNT', 'AVG', 'SUM', 'MAX', 'MIN'] as const;
export type AggregateName = (typeof AGGREGATES)[number];

/** One item of a SELECT. COUNT has no path. */
export type SelectItem = (
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'aggregate'; readonly aggregate: AggregateName; readonly path?: Path }
) & {
  /** After AS. */
  readonly alias?: string;
};

export interface Query {
  readonly top?: number;
  /** Undefined for `*`. */
  readonly items?: readonly SelectItem[];
  /** e.g. ['devices', 'modules'], as written. */
  readonly source: readonly string[];
  readonly alias?: string;
  readonly where?: Expression;
  /** Empty without GROUP BY. */
  readonly groupBy: readonly Path[];
}
