import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DocumentStore } from '@mooring/document-store';
import { convertLiterals, matches, parseCondition, valueAt } from '@mooring/query';
import fc from 'fast-check';
import type { Twin } from '../../domain/twin.js';
import { twinJson } from '../../domain/twin-json.js';
import type { TwinTree } from '../../domain/user-keys.js';
import { isTime } from '../twin-fields.js';
import { shownTime } from '../twin-times.js';
import { QueryFixture, twinLike } from './query-fixture.js';

const TIME = Date.parse('2026-02-01T00:00:00Z');

const scalar = fc.constantFrom('a', 'ab', 'b', 1, 2, true, false);
const value = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 2 }) },
  { weight: 1, arbitrary: fc.record({ x: scalar }, { requiredKeys: [] }) },
);
const tree = fc.dictionary(fc.constantFrom('a', 'b', '__p', 'list'), value, {
  noNullPrototype: true,
}) as fc.Arbitrary<TwinTree>;
const time = fc.constantFrom(0, TIME, TIME + 1, TIME + 60_000);

const anyTwin = fc.record({
  moduleId: fc.constantFrom('', '', 'm'),
  status: fc.constantFrom(undefined, undefined, undefined, 'deleted' as const),
  tags: tree,
  desired: tree,
  reported: tree,
  desiredVersion: fc.constantFrom(1, 2),
  twinVersion: fc.constantFrom(2, 3),
  messageCount: fc.constantFrom(0, 1),
  modelId: fc.constantFrom(undefined, 'm1', 'm2'),
  identity: fc.record({
    status: fc.constantFrom('enabled' as const, 'disabled' as const),
    statusReason: fc.constantFrom('', 'a'),
    statusUpdatedTime: time,
    primaryThumbprint: fc.constantFrom('', 'AB'),
    iotEdge: fc.boolean(),
    deviceScope: fc.constantFrom('', 'scope'),
    parentScopes: fc.constantFrom([], ['scope']),
  }),
  connection: fc.record({
    state: fc.constantFrom('Connected' as const, 'Disconnected' as const),
    lastActivityTime: time,
  }),
});

const path = fc.constantFrom(
  ...[
    'tags.a',
    'tags.a.x',
    'tags.list',
    'tags.b',
    "tags['_p']",
    'properties.desired.a',
    'properties.reported.b.x',
    'tags',
  ],
  ...[
    'properties.reported',
    'properties.desired.$version',
    'properties.desired.$metadata.a',
    'deviceId',
    'moduleId',
    'etag',
  ],
  ...[
    'status',
    'statusReason',
    'statusUpdateTime',
    'connectionState',
    'lastActivityTime',
    'version',
    'modelId',
    'deviceScope',
  ],
  ...['cloudToDeviceMessageCount', 'authenticationType', 'x509Thumbprint.primaryThumbprint', 'capabilities.iotEdge'],
  ...['parentScopes', 'configurations.[[c]].status', 'capabilities', 'tags.a.y.z'],
);
const literal = fc.constantFrom(
  ...[
    "'a'",
    "'ab'",
    "''",
    "'AB'",
    "'d01'",
    "'enabled'",
    "'Connected'",
    "'m'",
    "'m1'",
    "'scope'",
    "'sas'",
    '1',
    '2',
    '0',
    'true',
  ],
  ...[
    "'2026-02-01'",
    "'2026-02-01T00:00:00.001Z'",
    "'0001-01-01T00:00:00'",
    "'1970-01-01T00:00'",
    'null',
    'false',
    '-1.5',
  ],
);
const operator = fc.constantFrom('=', '!=', '<', '<=', '>', '>=', '=', '!=');
const type = fc.constantFrom('DEFINED', 'ARRAY', 'BOOL', 'NULL', 'NUMBER', 'OBJECT', 'PRIMITIVE', 'STRING');
const atom = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(path, operator, literal).map((parts) => parts.join(' ')) },
  { weight: 1, arbitrary: fc.tuple(literal, operator, path).map((parts) => parts.join(' ')) },
  { weight: 1, arbitrary: fc.tuple(path, operator, path).map((parts) => parts.join(' ')) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(path, fc.constantFrom('IN', 'NIN'), fc.array(literal, { maxLength: 3 }))
      .map(([subject, word, list]) => `${subject} ${word} [${list.join()}]`),
  },
  { weight: 2, arbitrary: fc.tuple(type, path).map(([name, subject]) => `IS_${name}(${subject})`) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('STARTSWITH', 'ENDSWITH', 'CONTAINS'), path, literal)
      .map(([name, subject, text]) => `${name}(${subject}, ${text})`),
  },
);
const negated = fc.tuple(fc.constantFrom('', 'NOT '), atom).map(([not, text]) => `${not}(${text})`);
const condition = fc
  .tuple(negated, fc.array(fc.tuple(fc.constantFrom('AND', 'OR'), negated), { maxLength: 3 }))
  .map(([first, rest]) => [first, ...rest.flat()].join(' '));

export interface QueryLawOptions {
  open(): Promise<{ readonly store: DocumentStore; close(): Promise<void> }>;
  readonly numRuns: number;
  /** The same queries each time, for a server that has faults of its own. */
  readonly seed?: number;
}

/** Queries find and count what the evaluator finds among the twins as they are shown. */
export function queryLaw(adapter: string, options: QueryLawOptions): void {
  describe(`queries over any twins on ${adapter}`, () => {
    let opened: Awaited<ReturnType<QueryLawOptions['open']>>;
    let fixture: QueryFixture;
    beforeAll(async () => {
      opened = await options.open();
      fixture = await QueryFixture.open(opened.store, ['tags.a', 'properties.reported.b.x']);
    });
    afterAll(() => opened.close());

    it('find what the evaluator finds', async () => {
      const cases = fc.tuple(
        fc.array(anyTwin, { minLength: 8, maxLength: 24 }),
        fc.array(condition, { minLength: 25, maxLength: 40 }),
      );
      await fc.assert(
        fc.asyncProperty(cases, async ([drawn, conditions]) => {
          const twins = drawn.map((twin, at) => twinLike({ ...twin, deviceId: `d${String(at).padStart(2, '0')}` }));
          await clear(fixture);
          await fixture.put(twins);
          for (const text of conditions) {
            await compareOne(fixture, twins, text);
          }
        }),
        { numRuns: options.numRuns, ...(options.seed !== undefined && { seed: options.seed }) },
      );
    });
  });
}

async function compareOne(fixture: QueryFixture, twins: readonly Twin[], text: string): Promise<void> {
  for (const source of ['devices', 'devices.modules']) {
    const expected = twins
      .filter(({ moduleId, status }) => status === undefined && (moduleId === '') === (source === 'devices'))
      .filter((twin) => isMatch(twin, text));
    const found = await fixture.all(`SELECT * FROM ${source} WHERE ${text}`, 5);
    const counted = await fixture.all(`SELECT COUNT() AS n FROM ${source} WHERE ${text}`);
    expect({ text, found, counted }).toEqual({
      text,
      found: expected.map((twin) => JSON.parse(twinJson(twin)) as unknown),
      counted: [{ n: expected.length }],
    });
  }
}

function isMatch(twin: Twin, text: string): boolean {
  const shown: unknown = JSON.parse(twinJson(twin));
  const parsed = parseCondition(text);
  const asked = parsed && convertLiterals(parsed, ({ names }, spelt) => (isTime(names) ? shownTime(spelt) : spelt));
  return asked === undefined || matches(asked, (names) => valueAt(shown, names));
}

async function clear({ collection }: QueryFixture): Promise<void> {
  const { documents } = await collection.page({ filter: {}, limit: 1_000 });
  await collection.bulk(documents.map(({ _id: id }) => ({ kind: 'delete', id, condition: 'always' })));
}
