import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Collection, DocumentBody, DocumentStore, DocumentValue } from '@mooring/document-store';
import fc from 'fast-check';
import { compileCondition } from '../compilation/compile.js';
import type { FieldMap, StoredField } from '../compilation/field-map.js';
import { matches } from '../evaluation/evaluate.js';
import { type Accessor, valueAt } from '../evaluation/values.js';
import type { Expression, Literal } from '../language/ast.js';
import { printExpression } from '../language/printer.js';
import { callsOf, expressionsOf } from './arbitraries.js';

interface Entry extends DocumentBody {
  readonly run: number;
  readonly [field: string]: DocumentValue | undefined;
}

const text = fc.constantFrom('', 'a', 'ab', 'b', 'B', 'é', '😀', '\uffee', 'a\u0000b', 'x'.repeat(300));
const number = fc.constantFrom(-1.5, 0, 1, 2, 1e9);
const scalar = fc.oneof(text, number, fc.boolean(), fc.constant(null));
const value: fc.Arbitrary<DocumentValue | undefined> = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 1, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.array(fc.oneof(scalar, fc.record({ x: scalar }), fc.array(scalar)), { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.record({ x: fc.oneof(scalar, fc.array(scalar, { maxLength: 2 })) }) },
);
const fields = fc.record({
  a: value,
  o: fc.oneof(fc.record({ x: value, y: value }), value),
  label: fc.constantFrom('', 'a', 'ab', 'b'),
  time: fc.constantFrom(0, 1, 2, 3),
});

const names = fc.constantFrom(
  ['a'],
  ['a', 'x'],
  ['o'],
  ['o', 'x'],
  ['o', 'x', 'x'],
  ['label'],
  ['time'],
  ['other'],
  ['a', '0'],
);
const path = names.map((chosen) => ({ kind: 'path' as const, names: chosen }));
const literal: fc.Arbitrary<Literal> = fc
  .oneof(scalar, fc.constantFrom('t1', 't2', 't9', '\ud800', undefined))
  .map((chosen) => ({ kind: 'literal', value: chosen }));
const comparison: fc.Arbitrary<Expression> = fc.record({
  kind: fc.constant('comparison'),
  operator: fc.constantFrom('=', '!=', '<', '<=', '>', '>='),
  left: fc.oneof(path, literal),
  right: literal,
}) as fc.Arbitrary<Expression>;
const atom = fc.oneof({ weight: 3, arbitrary: comparison }, { weight: 1, arbitrary: callsOf(fc.oneof(path, literal)) });
const condition: fc.Arbitrary<Expression> = fc.oneof(
  { weight: 2, arbitrary: atom },
  { weight: 1, arbitrary: atom.map((operand): Expression => ({ kind: 'not', operand })) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      operands: fc.array(atom, { minLength: 2, maxLength: 3 }),
    }),
  },
  { weight: 3, arbitrary: expressionsOf({ path, literal }) },
);

/** Times are `t` and a digit; the empty label stands for none. */
const FORMS: Readonly<Record<string, Pick<StoredField, 'form' | 'anyFrom'>>> = {
  a: { form: 'same', anyFrom: 'a' },
  o: { form: 'same', anyFrom: 'o' },
  label: { form: 'text' },
  time: { form: (spelt) => (/^t\d$/.test(spelt) ? Number(spelt.slice(1)) : undefined) },
};

const fieldMap: FieldMap = ([first = '', ...rest]) => {
  const form = FORMS[first];
  return form && (form.anyFrom !== undefined || rest.length === 0)
    ? { path: [first, ...rest].join('.'), ...form }
    : undefined;
};

function accessorOf(entry: Entry): Accessor {
  return ([first, ...rest]) => {
    if (first === 'label' || first === 'time') {
      const stored = entry[first];
      const shown = first === 'label' ? stored || null : `t${String(stored)}`;
      return valueAt(shown, rest);
    }
    return valueAt(entry, [first ?? '', ...rest]);
  };
}

export interface FilterLawOptions {
  open(): Promise<{ readonly store: DocumentStore; close(): Promise<void> }>;
  readonly numRuns: number;
  /** The same queries each time, for a server that has faults of its own. */
  readonly seed?: number;
}

/** A compiled filter, and the evaluator over what it lets through, find what the evaluator finds among all documents. */
export function filterLaw(adapter: string, options: FilterLawOptions): void {
  describe(`compiled conditions on ${adapter}`, () => {
    let opened: Awaited<ReturnType<FilterLawOptions['open']>>;
    let entries: Collection<Entry>;
    beforeAll(async () => {
      opened = await options.open();
      entries = await opened.store.collection<Entry>({ name: 'entries', indexes: [['a'], ['o.x'], ['time']] });
    });
    afterAll(async () => {
      await opened.close();
    });

    it('find what the evaluator finds', async () => {
      let run = 0;
      const cases = fc.tuple(
        fc.array(fields, { minLength: 10, maxLength: 30 }),
        fc.array(condition, { minLength: 20, maxLength: 40 }),
      );
      await fc.assert(
        fc.asyncProperty(cases, async ([documents, conditions]) => {
          run++;
          const all = documents.map((document, at): Entry => ({ ...document, _id: `${run}-${at}`, run }));
          await entries.bulk(all.map((document) => ({ kind: 'put', document, condition: 'always' })));
          for (const asked of conditions) {
            await compareOne(all, asked, run);
          }
        }),
        { numRuns: options.numRuns, ...(options.seed !== undefined && { seed: options.seed }) },
      );
    });

    async function compareOne(all: readonly Entry[], asked: Expression, run: number): Promise<void> {
      const compiled = compileCondition(asked, fieldMap);
      const filter = { $and: [{ run }, compiled.filter] };
      const { documents } = await entries.page({ filter, limit: 1_000 });
      const idsOf = (found: readonly Entry[]) => found.map(({ _id }) => _id).sort();
      const wanted = idsOf(all.filter((entry) => matches(asked, accessorOf(entry))));
      const matched = documents.filter((entry) => matches(asked, accessorOf(entry)));
      const told = { condition: printExpression(asked), filter: JSON.stringify(compiled.filter) };
      expect({ ...told, ids: idsOf(matched) }).toEqual({ ...told, ids: wanted });
      if (compiled.exact) {
        expect({ ...told, exact: documents.length }).toEqual({ ...told, exact: wanted.length });
        expect({ ...told, counted: await entries.count(filter) }).toEqual({ ...told, counted: wanted.length });
      }
    }
  });
}
