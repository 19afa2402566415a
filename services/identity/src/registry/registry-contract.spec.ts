import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { identity } from '@mooring/proto';
import { IdentityFixture, type IdentityService } from '../testing/identity-fixture.js';
import { get, KEY_A, KEY_B, outcome, put, remove, SHA1, wanted } from '../testing/requests.js';

const { AuthenticationType, Status } = identity;

let fixture: IdentityFixture;
let service: IdentityService;

beforeAll(async () => {
  fixture = await IdentityFixture.open();
  service = (await fixture.start()).service;
});
afterAll(() => fixture.close());

describe('devices', () => {
  it('gets generated keys, an entity tag and a generation, and reads back the same', async () => {
    const created = await put(service, wanted('plain'));
    expect(created).toMatchObject({
      key: { deviceId: 'plain', moduleId: '' },
      status: Status.ENABLED,
      authentication: { type: AuthenticationType.SAS },
      iotEdge: false,
      deviceScope: '',
      parentScopes: [],
    });
    expect(created.generationId).toMatch(/^[0-9]+$/);
    expect(Buffer.from(created.authentication?.primaryKey ?? '', 'base64')).toHaveLength(32);
    expect(created.authentication?.primaryKey).not.toBe(created.authentication?.secondaryKey);
    expect(await get(service, 'plain')).toEqual(created);
  });

  it('answers each condition as Azure does', async () => {
    const { etag } = await put(service, wanted('conditions'));
    expect(await outcome(put(service, wanted('conditions')))).toBe('DeviceAlreadyExists');
    expect(await outcome(put(service, wanted('conditions'), 'bm90IGl0'))).toBe('PreconditionFailed');
    expect(await outcome(put(service, wanted('absent'), '*'))).toBe('DeviceNotFound');
    expect(await outcome(put(service, wanted('absent'), etag))).toBe('DeviceNotFound');
    expect(await outcome(get(service, 'absent'))).toBe('DeviceNotFound');
    expect(await outcome(remove(service, 'absent'))).toBe('DeviceNotFound');
    expect(await outcome(remove(service, 'conditions', '', ''))).toBe('PreconditionFailed');
    expect(await outcome(remove(service, 'conditions', '', 'bm90IGl0'))).toBe('PreconditionFailed');
    const updated = await put(service, wanted('conditions'), etag);
    expect(updated.etag).not.toBe(etag);
    expect(await outcome(remove(service, 'conditions', '', etag))).toBe('PreconditionFailed');
    expect(await outcome(remove(service, 'conditions', '', `"${updated.etag}"`))).toBe('ok');
    expect(await outcome(get(service, 'conditions'))).toBe('DeviceNotFound');
  });

  it('keeps at an update what is not said, and takes what is', async () => {
    const authentication = { type: AuthenticationType.SAS, primaryKey: KEY_A, secondaryKey: KEY_B };
    const created = await put(service, wanted('update', '', { authentication, status: Status.ENABLED }));
    const disabled = await put(service, wanted('update', '', { status: Status.DISABLED, statusReason: 'lost' }), '*');
    expect(disabled).toMatchObject({ status: Status.DISABLED, statusReason: 'lost', authentication });
    expect(disabled.statusUpdatedTimeMs).toBeGreaterThan(0);
    expect(disabled.generationId).toBe(created.generationId);
    const swapped = { type: AuthenticationType.SAS, primaryKey: KEY_B, secondaryKey: KEY_A };
    const again = await put(service, wanted('update', '', { authentication: swapped }), '*');
    expect(again).toMatchObject({ status: Status.DISABLED, statusReason: '', authentication: swapped });
  });

  it('is another one when it is created anew', async () => {
    const first = await put(service, wanted('anew', '', { iotEdge: true }));
    await put(service, wanted('anew', 'own'));
    await remove(service, 'anew');
    const second = await put(service, wanted('anew'));
    expect(second.generationId).not.toBe(first.generationId);
    expect(second.etag).not.toBe(first.etag);
    expect(second.iotEdge).toBe(false);
    expect((await service.listModules({ deviceId: 'anew' })).modules).toEqual([]);
  });

  it('loses none of a hundred updates at a time, and lets exactly one creation win', async () => {
    const creations = await Promise.all(Array.from({ length: 50 }, () => outcome(put(service, wanted('race')))));
    expect(creations.filter((result) => result === 'ok')).toHaveLength(1);
    expect(creations.filter((result) => result === 'DeviceAlreadyExists')).toHaveLength(49);
    const updates = Array.from({ length: 100 }, (_, index) =>
      put(service, wanted('race', '', { statusReason: `${index}` }), '*'),
    );
    const etags = new Set((await Promise.all(updates)).map(({ etag }) => etag));
    expect(etags.size).toBe(100);
    const { etag } = await get(service, 'race');
    const conditional = await Promise.all(
      Array.from({ length: 20 }, () => outcome(put(service, wanted('race'), etag))),
    );
    expect(conditional.filter((result) => result === 'ok')).toHaveLength(1);
  });

  it('counts them, and not those that are gone', async () => {
    const before = await service.getStatistics({});
    await put(service, wanted('counted-1'));
    await put(service, wanted('counted-2', '', { status: Status.DISABLED }));
    await put(service, wanted('counted-3'));
    await remove(service, 'counted-3');
    expect(await service.getStatistics({})).toEqual({
      totalDeviceCount: before.totalDeviceCount + 2,
      enabledDeviceCount: before.enabledDeviceCount + 1,
      disabledDeviceCount: before.disabledDeviceCount + 1,
    });
  });

  it('lists them all in pages, in the order of their ids', async () => {
    const ids = ['list-Z', 'list-a', 'list-b', 'list-c', 'list-gone'];
    await Promise.all(ids.map((id) => put(service, wanted(id))));
    await remove(service, 'list-gone');
    const listed: string[] = [];
    let pageToken = '';
    do {
      const page = await service.listDevices({ pageSize: 3, pageToken });
      expect(page.devices.length).toBeLessThanOrEqual(3);
      listed.push(...page.devices.map(({ key }) => key?.deviceId ?? ''));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(listed).toEqual([...new Set(listed)].sort());
    expect(listed.filter((id) => id.startsWith('list-'))).toEqual(['list-Z', 'list-a', 'list-b', 'list-c']);
    expect(await outcome(service.listDevices({ pageSize: 1_001, pageToken: '' }))).toBe('ArgumentInvalid');
    expect(await outcome(service.listDevices({ pageSize: 1, pageToken: '!' }))).toBe('ArgumentInvalid');
  });
});

describe('modules', () => {
  it('answers each condition as Azure does', async () => {
    await put(service, wanted('host'));
    const { etag, generationId, authentication } = await put(service, wanted('host', 'm'));
    expect(generationId).toMatch(/^[0-9]+$/);
    expect(authentication?.primaryKey).not.toBe('');
    expect(await outcome(put(service, wanted('host', 'm')))).toBe('ModuleAlreadyExistsOnDevice');
    expect(await outcome(put(service, wanted('no-host', 'm')))).toBe('DeviceNotFound');
    expect(await outcome(put(service, wanted('host', 'absent'), '*'))).toBe('ModuleNotFound');
    expect(await outcome(put(service, wanted('host', 'm'), 'bm90IGl0'))).toBe('PreconditionFailed');
    expect(await outcome(get(service, 'host', 'absent'))).toBe('ModuleNotFound');
    expect(await outcome(get(service, 'no-host', 'm'))).toBe('DeviceNotFound');
    expect(await outcome(remove(service, 'host', 'absent'))).toBe('ModuleNotFound');
    const updated = await put(service, wanted('host', 'm', { managedBy: 'me' }), etag);
    expect(updated).toMatchObject({ managedBy: 'me', generationId, authentication });
    expect(await outcome(remove(service, 'host', 'm', etag))).toBe('PreconditionFailed');
    expect(await outcome(remove(service, 'host', 'm', updated.etag))).toBe('ok');
    expect((await put(service, wanted('host', 'm'))).generationId).not.toBe(generationId);
  });

  it('takes fifty on a device, however many come at a time', async () => {
    await put(service, wanted('crowded'));
    const results = await Promise.all(
      Array.from({ length: 60 }, (_, index) => outcome(put(service, wanted('crowded', `m${index}`)))),
    );
    expect(results.filter((result) => result === 'ok')).toHaveLength(50);
    expect(results.filter((result) => result === 'TooManyModulesOnDevice')).toHaveLength(10);
    expect((await service.listModules({ deviceId: 'crowded' })).modules).toHaveLength(50);
    await remove(service, 'crowded');
    expect(await outcome(service.listModules({ deviceId: 'crowded' }))).toBe('DeviceNotFound');
  });
});

describe('edge relations', () => {
  it('gives an edge device a scope and its modules, and a leaf that of its parent', async () => {
    const edge = await put(service, wanted('edge', '', { iotEdge: true }));
    expect(edge.deviceScope).toBe(`ms-azure-iot-edge://edge-${edge.generationId}`);
    const { modules } = await service.listModules({ deviceId: 'edge' });
    expect(modules.map(({ key }) => key?.moduleId)).toEqual(['$edgeAgent', '$edgeHub']);
    const leaf = await put(service, wanted('leaf', '', { deviceScope: edge.deviceScope ?? '' }));
    expect(leaf).toMatchObject({ deviceScope: edge.deviceScope, parentScopes: [edge.deviceScope] });
    const child = await put(
      service,
      wanted('child-edge', '', { iotEdge: true, parentScopes: [edge.deviceScope ?? ''] }),
    );
    expect(child.parentScopes).toEqual([edge.deviceScope]);
    expect(child.deviceScope).toBe(`ms-azure-iot-edge://child-edge-${child.generationId}`);
  });

  it('keeps the relation when an update does not speak of it, and ends it when told to', async () => {
    const { deviceScope = '' } = await put(service, wanted('edge-2', '', { iotEdge: true }));
    await put(service, wanted('leaf-2', '', { deviceScope }));
    const kept = await put(service, wanted('leaf-2', '', { status: Status.DISABLED }), '*');
    expect(kept).toMatchObject({ deviceScope, parentScopes: [deviceScope] });
    expect(await put(service, await get(service, 'edge-2'), '*')).toMatchObject({ iotEdge: true, deviceScope });
    const left = await put(service, wanted('leaf-2', '', { deviceScope: '' }), '*');
    expect(left).toMatchObject({ deviceScope: '', parentScopes: [] });
  });

  it('refuses what is no scope of an edge device that exists', async () => {
    const edge = await put(service, wanted('edge-3', '', { iotEdge: true }));
    await put(service, wanted('no-edge'));
    await put(service, wanted('leaf-3'));
    const scopes = [
      'garbage',
      'ms-azure-iot-edge://edge-3-1',
      'ms-azure-iot-edge://no-edge-1',
      'ms-azure-iot-edge://-',
    ];
    for (const deviceScope of scopes) {
      expect(await outcome(put(service, wanted('leaf-3', '', { deviceScope }), '*'))).toBe('InvalidDeviceScope');
      expect(await outcome(put(service, wanted('leaf-4', '', { deviceScope })))).toBe('InvalidDeviceScope');
      expect(await outcome(put(service, wanted('edge-3', '', { deviceScope }), '*'))).toBe('InvalidDeviceScope');
    }
    const twoParents = { parentScopes: [edge.deviceScope ?? '', 'other'] };
    expect(await outcome(put(service, wanted('leaf-3', '', twoParents), '*'))).toBe('InvalidDeviceScope');
    expect(await get(service, 'leaf-3')).toMatchObject({ deviceScope: '', parentScopes: [] });
  });

  it('turns an ordinary device into an edge device', async () => {
    await put(service, wanted('later-edge'));
    const edge = await put(service, wanted('later-edge', '', { iotEdge: true }), '*');
    expect(edge.deviceScope).toContain('later-edge');
    expect((await service.listModules({ deviceId: 'later-edge' })).modules).toHaveLength(2);
  });
});

describe('keys at rest', () => {
  it('are nowhere in the store', async () => {
    const authentication = { type: AuthenticationType.SAS, primaryKey: KEY_A, secondaryKey: KEY_B };
    await put(service, wanted('sealed', '', { authentication }));
    await put(service, wanted('sealed', 'm', { authentication }));
    const x509 = { type: AuthenticationType.SELF_SIGNED, primaryThumbprint: SHA1 };
    await put(service, wanted('sealed-x509', '', { authentication: x509 }));
    const collection = await fixture.documents.collection({ name: 'devices', indexes: [['pendingSince'], ['status']] });
    const text = JSON.stringify(await collection.getMany(['sealed', 'sealed-x509']));
    expect(text).toContain(SHA1);
    expect(text).not.toContain(KEY_A);
    expect(text).not.toContain(KEY_B);
  });
});
