import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type HubPart, startHub } from '@mooring/test-parts';
import type { Registry } from 'azure-iothub';
import { RawDevice } from './support/raw-device.js';
import { createDevice, openRegistry } from './support/registry.js';
import { onEveryStore } from './support/stores.js';

const ACCEPTED = 0;
const NOT_AUTHORIZED = 5;
const C2D = (deviceId: string) => `devices/${deviceId}/messages/devicebound/#`;

onEveryStore('connections', (stores) => {
  let hub: HubPart;
  let registry: Registry;
  beforeAll(async () => {
    hub = await startHub({ environment: stores.environment() });
    registry = openRegistry(hub);
  });
  afterAll(() => hub?.close());

  async function connected(deviceId: string, options: { clean?: boolean; tokenSeconds?: number } = {}) {
    const { key } = await createDevice(registry, hub, deviceId);
    const device = await RawDevice.connect(hub, { deviceId, key, ...options });
    expect((await device.receive('connack')).returnCode).toBe(ACCEPTED);
    return { device, key };
  }

  /** What a new connection is answered. */
  async function connack(deviceId: string, key: string): Promise<number | undefined> {
    const device = await RawDevice.connect(hub, { deviceId, key });
    const { returnCode } = await device.receive('connack');
    device.close();
    return returnCode;
  }

  it('end at once, and are refused, when the device is disabled', async () => {
    const { device, key } = await connected('disabled');
    await registry.update({ deviceId: 'disabled', status: 'disabled' });
    await device.untilClosed();
    expect(await connack('disabled', key)).toBe(NOT_AUTHORIZED);
    await registry.update({ deviceId: 'disabled', status: 'enabled' });
    expect(await connack('disabled', key)).toBe(ACCEPTED);
  });

  it('end at once, and are refused, when the device is deleted', async () => {
    const { device, key } = await connected('deleted');
    await registry.delete('deleted');
    await device.untilClosed();
    expect(await connack('deleted', key)).toBe(NOT_AUTHORIZED);
  });

  it('end at once when the keys change; the new key is admitted and the old one is not', async () => {
    const { device, key } = await connected('rekeyed');
    const fresh = Buffer.alloc(32, 1).toString('base64');
    const authentication = { type: 'sas' as const, symmetricKey: { primaryKey: fresh, secondaryKey: fresh } };
    await registry.update({ deviceId: 'rekeyed', authentication });
    await device.untilClosed();
    expect(await connack('rekeyed', key)).toBe(NOT_AUTHORIZED);
    expect(await connack('rekeyed', fresh)).toBe(ACCEPTED);
  });

  it('are refused with a token that has expired, and end when it does', async () => {
    const { key } = await createDevice(registry, hub, 'expired');
    const late = await RawDevice.connect(hub, { deviceId: 'expired', key, tokenSeconds: -600 });
    expect((await late.receive('connack')).returnCode).toBe(NOT_AUTHORIZED);
    const { device } = await connected('expiring', { tokenSeconds: 2 });
    await device.untilClosed();
  });

  it('are taken over by the newest', async () => {
    const { device: first, key } = await connected('moved');
    const second = await RawDevice.connect(hub, { deviceId: 'moved', key });
    expect((await second.receive('connack')).returnCode).toBe(ACCEPTED);
    await first.untilClosed();
    expect(second.closed).toBe(false);
    second.close();
  });

  it('keep a persistent session, across a restart of the hub too, until a clean one ends it', async () => {
    const deviceId = 'session';
    const { device, key } = await connected(deviceId, { clean: false });
    expect((await device.receive('connack')).sessionPresent).toBe(false);
    device.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: C2D(deviceId), qos: 2 }] });
    expect((await device.receive('suback')).granted).toEqual([1]);
    await hub.kill();
    await hub.start();
    const again = await RawDevice.connect(hub, { deviceId, key, clean: false });
    expect((await again.receive('connack')).sessionPresent).toBe(true);
    const clean = await RawDevice.connect(hub, { deviceId, key, clean: true });
    expect((await clean.receive('connack')).sessionPresent).toBe(false);
    clean.close();
    const last = await RawDevice.connect(hub, { deviceId, key, clean: false });
    expect((await last.receive('connack')).sessionPresent).toBe(false);
    last.close();
  });

  it('are closed after a publish to a foreign topic, one of QoS 2, or a second CONNECT', async () => {
    const { key } = await createDevice(registry, hub, 'rude');
    const publish = { cmd: 'publish', payload: 'x', dup: false, retain: false, messageId: 1 } as const;
    for (const packet of [
      { ...publish, qos: 1, topic: 'devices/other/messages/events/' },
      { ...publish, qos: 1, topic: 'anything' },
      { ...publish, qos: 2, topic: 'devices/rude/messages/events/' },
    ] as const) {
      const device = await RawDevice.connect(hub, { deviceId: 'rude', key });
      expect((await device.receive('connack')).returnCode).toBe(ACCEPTED);
      device.send(packet);
      await device.untilClosed();
    }
  });
});
