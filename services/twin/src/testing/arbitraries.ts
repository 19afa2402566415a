import fc from 'fast-check';
import { sectionPatch } from '../domain/section-patch.js';
import type { TwinTree } from '../domain/user-keys.js';

/** Few, so that values meet; names that JavaScript knows, and such as are stored otherwise, among them. */
const key = fc.constantFrom('a', 'b', '_a', '__proto__', 'constructor', 'toString', '0', 'é');
const leaf = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.boolean(), fc.constantFrom('', 'x', '_a'), fc.constant(null));

const { value } = fc.letrec<{ value: unknown; tree: Record<string, unknown> }>((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, fc.array(leaf, { maxLength: 3 }), tie('tree')),
  tree: fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: false }),
}));

/** JSON text of an object that may be patch or section, as a device sends it. */
export const sectionText: fc.Arbitrary<string> = fc
  .array(fc.tuple(key, value), { maxLength: 4 })
  .map((entries) => `{${entries.map(([name, each]) => `${JSON.stringify(name)}:${JSON.stringify(each)}`).join()}}`);

/** The same as the service keeps it. */
export const sectionTree: fc.Arbitrary<TwinTree> = sectionText.map(
  (text) => sectionPatch(JSON.parse(text), 'tags') ?? {},
);
