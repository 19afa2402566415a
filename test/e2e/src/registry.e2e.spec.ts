import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { until } from '@mooring/test-parts';
import type { Device, Registry } from 'azure-iothub';
import { openRegistry } from './support/registry.js';
import { onEveryHub, type RunningHub } from './support/stores.js';

/** The SDK's type leaves the scope out, its objects do not. */
type ScopedDevice = Device & { deviceId: string; deviceScope?: string };

onEveryHub('the registry with the npm service SDK', (start) => {
  let hub: RunningHub;
  let registry: Registry;
  beforeAll(async () => {
    hub = await start();
    registry = openRegistry(hub);
  });
  afterAll(() => hub?.close());

  it('creates a device with generated keys, reads, updates and deletes it', async () => {
    const created = (await registry.create({ deviceId: 'life' })).responseBody;
    expect(created).toMatchObject({ deviceId: 'life', status: 'enabled', connectionState: 'Disconnected' });
    expect(created.authentication?.symmetricKey?.primaryKey).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(created.authentication?.symmetricKey?.primaryKey).not.toBe(
      created.authentication?.symmetricKey?.secondaryKey,
    );

    const read = (await registry.get('life')).responseBody;
    expect(read.etag).toBe(created.etag);
    expect(read.generationId).toBe(created.generationId);

    const updated = (await registry.update({ deviceId: 'life', status: 'disabled', statusReason: 'lost' }))
      .responseBody;
    expect(updated).toMatchObject({ status: 'disabled', statusReason: 'lost' });
    expect(updated.etag).not.toBe(created.etag);
    expect(updated.authentication?.symmetricKey?.primaryKey).toBe(created.authentication?.symmetricKey?.primaryKey);

    await registry.delete('life');
    await expect(registry.get('life')).rejects.toMatchObject({ name: 'DeviceNotFoundError' });
    const again = (await registry.create({ deviceId: 'life' })).responseBody;
    expect(again.generationId).not.toBe(created.generationId);
  });

  it('answers a conflict, an absent device and an invalid id with the errors that the SDK knows', async () => {
    await registry.create({ deviceId: 'twice' });
    await expect(registry.create({ deviceId: 'twice' })).rejects.toMatchObject({ name: 'DeviceAlreadyExistsError' });
    await expect(registry.update({ deviceId: 'nobody', status: 'enabled' })).rejects.toMatchObject({
      name: 'DeviceNotFoundError',
    });
    await expect(registry.delete('nobody')).rejects.toMatchObject({ name: 'DeviceNotFoundError' });
    await expect(registry.create({ deviceId: 'a b' })).rejects.toMatchObject({ name: 'ArgumentError' });
  });

  it('keeps ids that need escaping', async () => {
    const deviceId = "a-:.+%_#*?!(),=@$'Z";
    await registry.create({ deviceId });
    expect((await registry.get(deviceId)).responseBody.deviceId).toBe(deviceId);
    await registry.delete(deviceId);
  });

  it('adds, updates and removes in bulk, each device by itself', async () => {
    const devices = Array.from({ length: 100 }, (_, index) => ({ deviceId: `bulk-${index}` }));
    expect((await registry.addDevices(devices)).responseBody).toMatchObject({ isSuccessful: true, errors: [] });
    const again = (await registry.addDevices([{ deviceId: 'bulk-0' }, { deviceId: 'bulk-new' }])).responseBody;
    expect(again.isSuccessful).toBe(false);
    expect(again.errors).toHaveLength(1);
    expect(again.errors[0]).toMatchObject({
      deviceId: 'bulk-0',
      errorCode: expect.stringMatching(/DeviceAlreadyExists/),
    });
    const disabled = devices.map((device) => ({ ...device, status: 'disabled' as const }));
    expect((await registry.updateDevices(disabled, true)).responseBody.isSuccessful).toBe(true);
    expect((await registry.get('bulk-42')).responseBody).toMatchObject({ status: 'disabled' });
    expect((await registry.removeDevices(devices, true)).responseBody.isSuccessful).toBe(true);
    await expect(registry.get('bulk-42')).rejects.toMatchObject({ name: 'DeviceNotFoundError' });
  });

  it('lists devices and counts them', async () => {
    const before = (await registry.getRegistryStatistics()).responseBody;
    await registry.addDevices(Array.from({ length: 5 }, (_, index) => ({ deviceId: `listed-${index}` })));
    const listed = (await registry.list()).responseBody.map((device) => device.deviceId);
    expect(listed).toEqual(expect.arrayContaining(['listed-0', 'listed-4']));
    // A count that was costly is kept for a moment.
    const counted = async () => Number((await registry.getRegistryStatistics()).responseBody.totalDeviceCount);
    const expected = Number(before.totalDeviceCount) + 5;
    await until(async () => (await counted()) === expected, { what: `${expected} devices`, timeoutMs: 10_000 });
  });

  it('creates, updates with ETag, lists and deletes modules', async () => {
    await registry.create({ deviceId: 'with-modules' });
    const created = (await registry.addModule({ deviceId: 'with-modules', moduleId: 'm1' })).responseBody;
    expect(created.authentication?.symmetricKey?.primaryKey).toBeTruthy();
    await expect(registry.addModule({ deviceId: 'with-modules', moduleId: 'm1' })).rejects.toThrow();
    const modules = (await registry.getModulesOnDevice('with-modules')).responseBody;
    expect(modules.map((module) => module.moduleId)).toEqual(['m1']);
    const swapped = {
      ...created,
      authentication: {
        type: 'sas' as const,
        symmetricKey: {
          primaryKey: created.authentication?.symmetricKey?.secondaryKey ?? '',
          secondaryKey: created.authentication?.symmetricKey?.primaryKey ?? '',
        },
      },
    };
    const updated = (await registry.updateModule(swapped)).responseBody;
    expect(updated.authentication?.symmetricKey?.primaryKey).toBe(created.authentication?.symmetricKey?.secondaryKey);
    await expect(registry.updateModule(swapped)).rejects.toMatchObject({ name: 'InvalidEtagError' });
    await registry.removeModule('with-modules', 'm1');
    await expect(registry.getModule('with-modules', 'm1')).rejects.toThrow();
    await expect(registry.addModule({ deviceId: 'nobody', moduleId: 'm' })).rejects.toMatchObject({
      name: 'DeviceNotFoundError',
    });
  });

  it('gives an edge device a scope and its two modules, and refuses a scope that is none', async () => {
    const create = async (device: object): Promise<ScopedDevice> =>
      (await registry.create(device as ScopedDevice)).responseBody as ScopedDevice;
    const parent = await create({ deviceId: 'gateway', capabilities: { iotEdge: true } });
    expect(parent.deviceScope).toMatch(/^ms-azure-iot-edge:\/\/gateway-\d+$/);
    const modules = (await registry.getModulesOnDevice('gateway')).responseBody.map((module) => module.moduleId);
    expect(modules.sort()).toEqual(['$edgeAgent', '$edgeHub']);
    const leaf = await create({ deviceId: 'leaf', deviceScope: parent.deviceScope });
    expect(leaf.deviceScope).toBe(parent.deviceScope);
    const astray = { deviceId: 'leaf', deviceScope: 'nonsense' };
    await expect(registry.update(astray)).rejects.toMatchObject({ name: 'ArgumentError' });
  });
});
