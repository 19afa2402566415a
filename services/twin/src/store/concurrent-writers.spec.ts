import { afterEach, beforeEach, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { getTwin, patch, patchOf, update } from '../testing/requests.js';
import { TwinFixture, type TwinProcess } from '../testing/twin-fixture.js';

let fixture: TwinFixture;
let processes: readonly TwinProcess[];
let run = 0;

beforeEach(async () => {
  fixture = await TwinFixture.open();
  processes = [await fixture.start(), await fixture.start()];
});
afterEach(() => fixture.close());

/** Who writes: a device a few patches at once, or a back end; each write sets a key of its own and one that all share. */
const writes = fc.array(
  fc.record({
    at: fc.nat({ max: 1 }),
    kind: fc.constantFrom('reported', 'desired', 'tags'),
    turns: fc.nat({ max: 3 }),
  }),
  { minLength: 1, maxLength: 25 },
);

interface Change {
  readonly [key: string]: unknown;
}

it('no write is lost, and the events are one history in the order of versions', async () => {
  await fc.assert(
    fc.asyncProperty(writes, async (all) => {
      const name = `d${run++}`;
      fixture.directory.register(name);
      const versions = await Promise.all(
        all.map(async ({ at, kind, turns }, index) => {
          for (let turn = 0; turn < turns; turn++) {
            await new Promise(setImmediate);
          }
          const service = processes[at]?.service;
          if (service === undefined) {
            throw new Error('There is no such process.');
          }
          const change = { [`k${index}`]: index, shared: index };
          if (kind === 'reported') {
            return patch(service, patchOf(name, change), patchOf(name, { ...change, twice: index }));
          }
          const document = kind === 'tags' ? { tags: change } : { properties: { desired: change } };
          return [(await update(service, name, document)).version];
        }),
      );
      const written = all.reduce((count, { kind }) => count + (kind === 'reported' ? 2 : 1), 0);
      const services = processes.map(({ service }) => service);
      const [twin, same] = await Promise.all(services.map((service) => getTwin(service, name)));
      expect(same).toEqual(twin);
      expect(twin?.version).toBe(2 + written);
      const sections = { reported: twin?.properties.reported, desired: twin?.properties.desired, tags: twin?.tags };
      all.forEach(({ kind }, index) => {
        expect(sections[kind as keyof typeof sections]).toHaveProperty(`k${index}`, index);
      });
      expect(versions.flat().every((version) => typeof version === 'number')).toBe(true);
      await fixture.until(() => new Set(fixture.bodiesOf(name).map(({ version }) => version)).size === written);
      expect(replayed(fixture.bodiesOf(name))).toEqual({
        tags: sections.tags,
        desired: withoutOwn(sections.desired),
        reported: withoutOwn(sections.reported),
      });
    }),
    { numRuns: 15 },
  );
});

/** What a reader of the events knows in the end, who takes each version as it comes first. */
function replayed(bodies: readonly Change[]): Record<string, Change> {
  const state: Record<string, Change> = { tags: {}, desired: {}, reported: {} };
  let last = 2;
  for (const body of bodies) {
    const version = Number(body['version']);
    if (version <= last) {
      continue;
    }
    expect(version).toBe(last + 1);
    last = version;
    const { tags, properties = {} } = body as { tags?: Change; properties?: Record<string, Change> };
    for (const [section, change] of Object.entries({ tags, ...properties })) {
      state[section] = { ...state[section], ...withoutOwn(change) };
    }
  }
  return state;
}

function withoutOwn(section: Change | undefined): Change {
  const { $version: _version, $metadata: _metadata, ...values } = section ?? {};
  return values;
}
