import fc from 'fast-check';
import type { DocumentValue, Filter } from '../port.js';

const text = fc.constantFrom('', 'a', 'ab', 'abc', 'b', 'B', 'é', 'a\u0000b', 'a'.repeat(600));
const number = fc.constantFrom(-2.5, -1, 0, 1, 2, 10, 1e9);
const scalar = fc.oneof(text, number, fc.boolean());
const value: fc.Arbitrary<DocumentValue | undefined> = fc.oneof(
  { weight: 8, arbitrary: scalar },
  { weight: 2, arbitrary: fc.constantFrom(null, undefined) },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
);

/** Fields of a document: few values, so that queries meet them. */
export const anyFields = fc.record({
  a: value,
  b: fc.oneof(scalar, fc.constant(undefined)),
  o: fc.oneof(fc.record({ x: value }), fc.constant(undefined)),
});

const path = fc.constantFrom('a', 'b', 'o.x');
const operand = fc.oneof({ weight: 9, arbitrary: scalar }, { weight: 1, arbitrary: fc.constant(null) });
const range = fc.oneof(text, number);
const bounds = fc
  .tuple(fc.constantFrom('$gt', '$gte'), fc.constantFrom('$lt', '$lte'), range, range)
  .map(([lower, upper, low, high]) => ({ [lower]: low, [upper]: high }));

const operator = fc.oneof(
  fc.record({ $eq: operand }),
  fc.record({ $ne: operand }),
  fc.record({ $in: fc.array(operand, { maxLength: 4 }) }),
  fc.record({ $nin: fc.array(operand, { maxLength: 4 }) }),
  fc.tuple(fc.constantFrom('$gt', '$gte', '$lt', '$lte'), range).map(([name, limit]) => ({ [name]: limit })),
  fc.record({ $exists: fc.boolean() }),
  fc.record({ $type: fc.constantFrom('string', 'number', 'bool', 'null') }),
  fc.constantFrom('a', 'ab', 'é').map((prefix) => ({ $regex: `^${prefix}` })),
);
const condition = fc.oneof(
  operand,
  operator,
  bounds,
  operator.map((negated) => ({ $not: negated })),
);
const conditions: fc.Arbitrary<Filter> = fc.dictionary(path, condition, {
  minKeys: 1,
  maxKeys: 3,
  noNullPrototype: true,
});

export const anyFilter: fc.Arbitrary<Filter> = fc.oneof(
  { weight: 5, arbitrary: conditions },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('$and', '$or', '$nor'), fc.array(conditions, { minLength: 1, maxLength: 3 }), conditions)
      .map(([name, branches, beside]) => ({ ...beside, [name]: branches })),
  },
);

/** By a field that never holds arrays, whose order the port leaves open. */
export const anySort: fc.Arbitrary<[string, 1 | -1][]> = fc.oneof(
  fc.constant<[string, 1 | -1][]>([]),
  fc.constantFrom<1 | -1>(1, -1).map((direction): [string, 1 | -1][] => [['b', direction]]),
);
