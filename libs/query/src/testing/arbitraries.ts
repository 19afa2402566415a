import fc from 'fast-check';
import {
  AGGREGATES,
  type Expression,
  FUNCTIONS,
  type FunctionName,
  type Literal,
  type Path,
  type Query,
  type SelectItem,
} from '../language/ast.js';

const literalOf = (value: Literal['value']): Literal => ({ kind: 'literal', value });

/** Names that are easy to print wrong, or to read as something else. */
const trickyName = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'in',
    'NOT',
    'devices',
    'modules',
    'c',
    'Id',
    'x-y',
    "it's",
    '\\',
    '"',
    '',
    'é',
    '$version',
    '[[x]]',
  ),
  fc.string({ unit: 'binary', maxLength: 6 }),
);

export const anyPath: fc.Arbitrary<Path> = fc
  .array(trickyName, { minLength: 1, maxLength: 4 })
  .map((names) => ({ kind: 'path', names }));

export const anyLiteral: fc.Arbitrary<Literal> = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.constantFrom(true, false, null, undefined),
  )
  .map(literalOf);

interface Leaves {
  readonly path: fc.Arbitrary<Path>;
  readonly literal: fc.Arbitrary<Literal>;
}

/** Expressions of every kind over given leaves. */
export function expressionsOf({ path, literal }: Leaves): fc.Arbitrary<Expression> {
  const { expression } = fc.letrec<{ expression: Expression }>((tie) => {
    const inner = tie('expression');
    const leaf: fc.Arbitrary<Expression> = fc.oneof(path, literal);
    const operands = fc.array(inner, { minLength: 2, maxLength: 3 });
    return {
      expression: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        leaf,
        fc.record({ kind: fc.constantFrom('and', 'or'), operands }),
        fc.record({ kind: fc.constantFrom('not', 'negate'), operand: inner }),
        fc.record({
          kind: fc.constant('comparison'),
          operator: fc.constantFrom('=', '!=', '<', '<=', '>', '>='),
          left: inner,
          right: inner,
        }),
        fc.record({
          kind: fc.constant('arithmetic'),
          operator: fc.constantFrom('+', '-', '*', '/', '%'),
          left: inner,
          right: inner,
        }),
        fc.record({
          kind: fc.constant('in'),
          negated: fc.boolean(),
          operand: inner,
          members: fc.array(literal, { maxLength: 3 }),
        }),
        callsOf(inner),
      ) as fc.Arbitrary<Expression>,
    };
  });
  return expression;
}

export function callsOf(inner: fc.Arbitrary<Expression>): fc.Arbitrary<Expression> {
  const name = fc.constantFrom(...(Object.keys(FUNCTIONS) as FunctionName[]));
  return name.chain((chosen) =>
    fc.record({
      kind: fc.constant('call' as const),
      name: fc.constant(chosen),
      arguments: fc.array(inner, { minLength: FUNCTIONS[chosen], maxLength: FUNCTIONS[chosen] }),
    }),
  );
}

export const anyExpression = expressionsOf({ path: anyPath, literal: anyLiteral });

const alias = fc.constantFrom('c', 'devices', 'count', '_', 'é');
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const item: fc.Arbitrary<SelectItem> = fc
  .oneof(
    fc.record({ kind: fc.constant('path' as const), path: anyPath }),
    fc.record({ kind: fc.constant('aggregate' as const), aggregate: fc.constant('COUNT' as const) }),
    fc.record({
      kind: fc.constant('aggregate' as const),
      aggregate: fc.constantFrom(...AGGREGATES.slice(1)),
      path: anyPath,
    }),
  )
  .chain(
    (chosen): fc.Arbitrary<SelectItem> =>
      optional(alias).map((name) => (name === undefined ? chosen : { ...chosen, alias: name })),
  );

export const anyQuery: fc.Arbitrary<Query> = fc
  .record({
    top: optional(fc.integer({ min: 1, max: 2 ** 31 - 1 })),
    items: optional(fc.array(item, { minLength: 1, maxLength: 3 })),
    source: fc.constantFrom(['devices'], ['devices', 'modules'], ['devices', 'jobs']),
    alias: optional(alias),
    where: optional(anyExpression),
    groupBy: fc.array(anyPath, { maxLength: 2 }),
  })
  .map(({ top, items, source, alias: name, where, groupBy }) => ({
    ...(top !== undefined && { top }),
    ...(items !== undefined && { items }),
    source,
    ...(name !== undefined && { alias: name }),
    ...(where !== undefined && { where }),
    groupBy,
  }));

const token = fc.constantFrom(
  ...'SELECT TOP 5 * FROM devices devices.modules AS c WHERE GROUP BY AND OR NOT IN NIN ( ) [ ] [[ ]] , . + - / % = != <> < <= > >='.split(
    ' ',
  ),
  ...[
    'tags.a',
    "'x'",
    '"',
    "'",
    'null',
    'true',
    'undefined',
    '1e999',
    '0x',
    'COUNT(',
    'IS_DEFINED(',
    '\\',
    '\u0000',
    '\n',
  ],
);

/** Words of the language in any order, from the start of a query or not. */
export const tokenSoup: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom('', 'SELECT * FROM devices WHERE ', 'SELECT '), fc.array(token, { maxLength: 60 }))
  .map(([start, words]) => start + words.join(' '));
