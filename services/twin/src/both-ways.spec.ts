import { afterEach, expect, it } from '@jest/globals';
import { twin } from '@mooring/proto';
import { inBothWays } from '@mooring/rpc/contract';
import {
  getTwin,
  keyOf,
  modelOf,
  outcome,
  patch,
  patchOf,
  propertiesOf,
  setModels,
  update,
} from './testing/requests.js';
import { TwinFixture } from './testing/twin-fixture.js';

const UNKNOWN = { version: 0, updatedTimeMs: 0 };

let fixture: TwinFixture | undefined;

async function start(): Promise<twin.TwinService> {
  fixture = await TwinFixture.open();
  fixture.directory.register('d');
  fixture.directory.register('d/m');
  return (await fixture.start()).service;
}

afterEach(() => fixture?.close());

inBothWays(twin.TwinServiceService, start, (service) => {
  it('reads and changes twins', async () => {
    const changed = await update(service(), 'd', { tags: { a: 'ü' }, properties: { desired: { _b: [1, null] } } });
    expect(await getTwin(service(), 'd')).toEqual(changed);
    expect((await update(service(), 'd/m', {}, { replace: true, ifMatch: 'AAAAAAAAAAE=' })).version).toBe(3);
  });

  it('takes patches and tells properties of many, each by itself', async () => {
    const patches = [patchOf('d', { a: 1 }), patchOf('nobody', {}), patchOf('a b', {}), patchOf('d/m', { b: null })];
    expect(await patch(service(), ...patches)).toEqual([2, 'DeviceNotFound', 'ArgumentInvalid', 2]);
    expect(await propertiesOf(service(), 'd')).toEqual({
      desired: { $version: 1 },
      reported: { a: 1, $version: 2 },
    });
    expect(await propertiesOf(service(), 'd/m', 'g0')).toBe('ModuleNotFound');
  });

  it('keeps models of many, and tells which desired properties they have', async () => {
    const models = [modelOf('d', 'dtmi:x;1'), modelOf('nobody', 'dtmi:x;1'), modelOf('d/m', ''), modelOf('a b', 'x')];
    expect(await setModels(service(), ...models)).toEqual([
      'ok',
      'DeviceNotFound',
      'ArgumentInvalid',
      'ArgumentInvalid',
    ]);
    expect((await getTwin(service(), 'd'))['modelId']).toBe('dtmi:x;1');
    await update(service(), 'd', { properties: { desired: { a: 1 } } });
    const { versions } = await service().getDesiredVersions({ twins: [keyOf('d'), keyOf('nobody'), keyOf('a b')] });
    const updatedTimeMs = fixture?.clock.now();
    expect(versions).toEqual([{ version: 2, updatedTimeMs }, UNKNOWN, UNKNOWN]);
  });

  it('answers as much as an answer holds', async () => {
    const large = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`k${index}`, 'x'.repeat(4_000)]));
    await patch(service(), patchOf('d', large));
    const twins = Array.from({ length: 200 }, () => ({ key: { deviceId: 'd', moduleId: '' }, generationId: 'g1' }));
    const { properties } = await service().getProperties({ twins });
    const failed = properties.filter(({ failure }) => failure !== undefined);
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length).toBeLessThan(120);
    expect(new Set(failed.map(({ failure }) => failure?.error))).toEqual(new Set(['ServiceUnavailable']));
  });

  it('refuses in the same words', async () => {
    expect(await outcome(getTwin(service(), 'nobody'))).toBe('DeviceNotFound');
    expect(await outcome(getTwin(service(), 'd/other'))).toBe('ModuleNotFound');
    expect(await outcome(update(service(), 'd', {}, { ifMatch: 'other' }))).toBe('PreconditionFailed');
    expect(await outcome(update(service(), 'd', 'nonsense'))).toBe('ArgumentInvalid');
    const tags = Object.fromEntries(Array.from({ length: 3 }, (_, index) => [`k${index}`, 'x'.repeat(4_000)]));
    expect(await outcome(update(service(), 'd', { tags }))).toBe('MessageTooLarge');
  });
});
