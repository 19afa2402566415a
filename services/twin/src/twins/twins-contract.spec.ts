import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { identity, type twin } from '@mooring/proto';
import { getTwin, outcome, patch, patchOf, propertiesOf, report, update } from '../testing/requests.js';
import { TwinFixture } from '../testing/twin-fixture.js';

let fixture: TwinFixture;
let service: twin.TwinService;

beforeEach(async () => {
  fixture = await TwinFixture.open();
  service = (await fixture.start()).service;
  fixture.directory.register('d');
});
afterEach(() => fixture.close());

describe('a new twin', () => {
  it('is there as soon as its identity is, in full', async () => {
    const time = new Date(fixture.clock.now()).toISOString();
    const section = { $metadata: { $lastUpdated: time }, $version: 1 };
    expect(await getTwin(service, 'd')).toEqual({
      deviceId: 'd',
      etag: 'AAAAAAAAAAE=',
      deviceEtag: 'etag-1',
      version: 2,
      status: 'enabled',
      statusUpdateTime: '0001-01-01T00:00:00',
      connectionState: 'Disconnected',
      lastActivityTime: '0001-01-01T00:00:00',
      cloudToDeviceMessageCount: 0,
      authenticationType: 'sas',
      x509Thumbprint: { primaryThumbprint: null, secondaryThumbprint: null },
      modelId: '',
      capabilities: { iotEdge: false },
      parentScopes: [],
      tags: {},
      properties: { desired: section, reported: section },
    });
  });

  it('belongs to a module, or is not there', async () => {
    fixture.directory.register('d/m');
    expect(await getTwin(service, 'd/m')).toMatchObject({ deviceId: 'd', moduleId: 'm', version: 2 });
    expect(await outcome(getTwin(service, 'd/other'))).toBe('ModuleNotFound');
    expect(await outcome(getTwin(service, 'nobody/m'))).toBe('DeviceNotFound');
    expect(await outcome(getTwin(service, 'nobody'))).toBe('DeviceNotFound');
    expect(await outcome(getTwin(service, 'a b'))).toBe('ArgumentInvalid');
  });

  it('shows the registry as it is now', async () => {
    await getTwin(service, 'd');
    fixture.directory.register('d', 'g1', identity.Status.DISABLED);
    expect(await getTwin(service, 'd')).toMatchObject({ status: 'disabled', deviceEtag: 'etag-2' });
  });

  it('has nothing of one of the same name that was deleted', async () => {
    await update(service, 'd', { tags: { a: 1 } });
    fixture.directory.remove('d');
    expect(await outcome(getTwin(service, 'd'))).toBe('DeviceNotFound');
    expect(await outcome(update(service, 'd', { tags: { a: 1 } }))).toBe('DeviceNotFound');
    fixture.directory.register('d', 'g2');
    expect(await getTwin(service, 'd')).toMatchObject({ tags: {}, version: 2 });
  });
});

describe('an update', () => {
  it('merges tags and desired properties, and counts each change once', async () => {
    await update(service, 'd', { tags: { site: { room: 1, floor: 2 } }, properties: { desired: { a: { b: 1 } } } });
    const changed = await update(service, 'd', {
      tags: { site: { room: null } },
      properties: { desired: { a: { c: [1, null] } } },
      etag: 'nothing',
    });
    expect(changed).toMatchObject({ version: 4, etag: 'AAAAAAAAAAM=', tags: { site: { floor: 2 } } });
    expect(changed.tags).toEqual({ site: { floor: 2 } });
    const time = new Date(fixture.clock.now()).toISOString();
    const second = { $lastUpdated: time, $lastUpdatedVersion: 3 };
    expect(changed.properties.desired).toEqual({
      a: { b: 1, c: [1, null] },
      $metadata: {
        ...second,
        a: { ...second, b: { $lastUpdated: time, $lastUpdatedVersion: 2 }, c: second },
      },
      $version: 3,
    });
    expect(await getTwin(service, 'd')).toEqual(changed);
  });

  it('adds one to the version of desired properties also where it changes nothing', async () => {
    const before = await update(service, 'd', { properties: { desired: { a: 1 } } });
    const same = await update(service, 'd', { properties: { desired: {} } });
    expect([before.properties.desired.$version, same.properties.desired.$version]).toEqual([2, 3]);
    const tagged = await update(service, 'd', { tags: { a: 1 } });
    expect(tagged).toMatchObject({ version: 5, properties: { desired: { $version: 3 }, reported: { $version: 1 } } });
  });

  it('clears with null, and leaves alone what it does not name', async () => {
    await update(service, 'd', { tags: { a: 1 }, properties: { desired: { b: 1, c: { d: 1 } } } });
    const cleared = await update(service, 'd', { properties: { desired: null } });
    expect(cleared.tags).toEqual({ a: 1 });
    expect(cleared.properties.desired).toEqual({ $metadata: expect.anything(), $version: 3 });
    expect((await update(service, 'd', { tags: null })).tags).toEqual({});
  });

  it('replaces both sections, and never what was reported', async () => {
    await report(service, 'd', { r: 1 });
    await update(service, 'd', { tags: { a: 1 }, properties: { desired: { b: { c: 1, d: 2 } } } });
    const replaced = await update(
      service,
      'd',
      { properties: { desired: { b: { c: 3, e: null } }, reported: { r: 2 } } },
      { replace: true },
    );
    expect(replaced.tags).toEqual({});
    expect(replaced.properties.desired).toMatchObject({ b: { c: 3 }, $version: 3 });
    expect(replaced.properties.desired['b']).toEqual({ c: 3 });
    expect(replaced.properties.reported).toMatchObject({ r: 1, $version: 2 });
  });

  it('takes back a twin as it was read', async () => {
    await update(service, 'd', { tags: { a: 1 }, properties: { desired: { b: 1 } } });
    const read = await getTwin(service, 'd');
    expect((await update(service, 'd', read)).properties.desired).toMatchObject({ b: 1, $version: 3 });
    expect((await update(service, 'd', read, { replace: true })).tags).toEqual({ a: 1 });
  });

  it('happens only to the twin that was meant', async () => {
    const { etag } = await getTwin(service, 'd');
    expect(await outcome(update(service, 'd', { tags: { a: 1 } }, { ifMatch: `"${etag}"` }))).toBe('ok');
    expect(await outcome(update(service, 'd', { tags: { a: 2 } }, { ifMatch: etag }))).toBe('PreconditionFailed');
    await report(service, 'd', { r: 1 });
    const current = await getTwin(service, 'd');
    expect(await outcome(update(service, 'd', { tags: { a: 3 } }, { ifMatch: current.etag }))).toBe('ok');
    for (const ifMatch of ['*', '"*"', '']) {
      expect(await outcome(update(service, 'd', { tags: { a: 4 } }, { ifMatch }))).toBe('ok');
    }
  });

  it('is recorded, as are failures, but not each read', async () => {
    await update(service, 'd', { tags: { a: 1 } });
    await getTwin(service, 'd');
    await outcome(update(service, 'd', { tags: [] }));
    await outcome(getTwin(service, 'nobody'));
    await patch(service, patchOf('d', { r: 1 }), patchOf('d', '['));
    expect(
      fixture.operations.map(({ category, operationName, deviceId, resultType }) => [
        category,
        operationName,
        deviceId,
        resultType,
      ]),
    ).toEqual([
      ['C2DTwinOperations', 'update', 'd', undefined],
      ['C2DTwinOperations', 'update', 'd', '400004'],
      ['C2DTwinOperations', 'read', 'nobody', '404001'],
      ['D2CTwinOperations', 'update', 'd', '400004'],
    ]);
  });
});

describe('reported properties', () => {
  it('are merged in order, each patch by itself', async () => {
    const versions = await patch(
      service,
      patchOf('d', { a: { b: 1 } }),
      patchOf('d', 'nonsense'),
      patchOf('d', { a: { b: null, c: true } }),
      patchOf('d', { a: 1 }, { ifVersion: 2 }),
      patchOf('d', { x: 'y' }, { ifVersion: 3 }),
    );
    expect(versions).toEqual([2, 'ArgumentInvalid', 3, 'PreconditionFailed', 4]);
    expect(await propertiesOf(service, 'd')).toEqual({
      desired: { $version: 1 },
      reported: { a: { c: true }, x: 'y', $version: 4 },
    });
    expect(await getTwin(service, 'd')).toMatchObject({ version: 5, etag: 'AAAAAAAAAAE=' });
  });

  it('are those of the identity that the connection was admitted as', async () => {
    await report(service, 'd', { a: 1 });
    fixture.directory.register('d', 'g2');
    expect(await patch(service, patchOf('d', { b: 1 }, { generation: 'g2' }))).toEqual([2]);
    expect(await patch(service, patchOf('d', { a: 2 }))).toEqual(['DeviceNotFound']);
    expect(await propertiesOf(service, 'd', 'g1')).toBe('DeviceNotFound');
    expect(await propertiesOf(service, 'd', 'g2')).toMatchObject({ reported: { b: 1, $version: 2 } });
  });

  it('need the registry only for the first patch', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `d${index}`);
    for (const name of names) {
      fixture.directory.register(name);
    }
    await patch(service, ...names.map((name) => patchOf(name, { a: 1 })));
    expect(fixture.directory.calls).toBe(1);
    fixture.directory.unreachable = true;
    expect(await patch(service, ...names.map((name) => patchOf(name, { a: 2 })), patchOf('d', {}))).toEqual([
      ...names.map(() => 3),
      'ServiceUnavailable',
    ]);
  });

  it('come in batches that have a limit', async () => {
    const twins = Array.from({ length: 501 }, () => ({ key: { deviceId: 'd', moduleId: '' }, generationId: 'g1' }));
    expect(await outcome(service.getProperties({ twins }))).toBe('ArgumentInvalid');
    const patches = Array.from({ length: 501 }, () => patchOf('d', {}));
    expect(await outcome(service.patchReported({ patches }))).toBe('ArgumentInvalid');
  });
});
