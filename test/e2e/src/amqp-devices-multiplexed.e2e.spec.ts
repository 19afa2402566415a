import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DeviceCredentials, ServiceClient as FleetService, registerDevices } from '@mooring/test-fleet';
import { type HubAccess, type HubPart, startHub, until } from '@mooring/test-parts';
import { Message } from 'azure-iot-common';
import { type Registry, Client as ServiceClient } from 'azure-iothub';
import { type CbsLinks, Gateway } from './amqp-devices/gateway.js';
import type { GatewayDevice } from './amqp-devices/gateway-device.js';
import { RawDevice } from './support/raw-device.js';
import { openRegistry } from './support/registry.js';

const DEVICES = 200;
/** Of them have messages, calls and twins of their own tried. */
const TRIED = 20;
const LINKS = 6;
const TIMEOUT_MS = 30_000;
const BRIEF_SECONDS = 2;
const UNAUTHORIZED = 'amqp:unauthorized-access';

describe('two hundred devices on one AMQP connection', () => {
  let hub: HubPart;
  let registry: Registry;
  let service: ServiceClient;
  let gateway: Gateway;
  let cbs: CbsLinks;
  let credentials: readonly DeviceCredentials[];
  const devices = new Map<string, GatewayDevice>();

  beforeAll(async () => {
    hub = await startHub();
    registry = openRegistry(hub);
    service = ServiceClient.fromConnectionString(hub.connectionString);
    await service.open();
    const ids = Array.from({ length: DEVICES }, (_each, index) => `gateway-$${index}`);
    credentials = await registerDevices(hub, ids);
    gateway = await Gateway.connect(hub);
  });
  afterAll(async () => {
    gateway?.close();
    await service?.close();
    await hub?.close();
  });

  const device = (index: number): GatewayDevice => {
    const found = devices.get(credentials[index]?.deviceId ?? '');
    if (found === undefined) {
      throw new Error(`there is no device ${index}`);
    }
    return found;
  };
  const tried = () => [...devices.values()].slice(0, TRIED);

  /** All that are connected still send; those others have lost all of their links, and nobody else one. */
  async function goOnBut(...gone: readonly GatewayDevice[]): Promise<void> {
    const others = [...devices.values()].filter((each) => !gone.includes(each));
    const outcomes = await Promise.all(others.map((each) => each.send('still there')));
    expect(new Set(outcomes)).toEqual(new Set(['accepted']));
    expect(others.flatMap(({ endedWith }) => endedWith)).toEqual([]);
    expect(gateway.isOpen).toBe(true);
  }

  async function untilEnded({ endedWith }: GatewayDevice): Promise<ReadonlySet<string>> {
    await until(() => endedWith.length === LINKS, { what: 'the end of the links', timeoutMs: TIMEOUT_MS });
    return new Set(endedWith);
  }

  it('are each admitted by a token of their own', async () => {
    cbs = await gateway.openCbs();
    const statuses = await Promise.all(
      credentials.map(({ deviceId, key }) => gateway.putDeviceToken(cbs, deviceId, key)),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(await gateway.putDeviceToken(cbs, credentials[0]?.deviceId ?? '', credentials[1]?.key ?? '')).toBe(401);
    await expect(gateway.device('another').openTelemetry()).rejects.toMatchObject({ condition: UNAUTHORIZED });
    await Promise.all(
      credentials.map(async ({ deviceId }) => {
        const opened = gateway.device(deviceId);
        await opened.open();
        devices.set(deviceId, opened);
      }),
    );
  });

  it('send telemetry', () => goOnBut());

  it('receive messages', async () => {
    await Promise.all(tried().map(({ deviceId }) => service.send(deviceId, new Message(`for ${deviceId}`))));
    for (const { deviceId, messages } of tried()) {
      await until(() => messages.length > 0, { what: 'a message', timeoutMs: TIMEOUT_MS });
      expect(messages).toEqual([`for ${deviceId}`]);
    }
  });

  it('answer method calls', async () => {
    const call = { methodName: 'echo', connectTimeoutInSeconds: 10, responseTimeoutInSeconds: 20 };
    const results = await Promise.all(
      tried().map(({ deviceId }) => service.invokeDeviceMethod(deviceId, { ...call, payload: { deviceId } })),
    );
    expect(results.map(({ result }) => result.payload)).toEqual(tried().map(({ deviceId }) => ({ deviceId })));
  });

  it('have twins', async () => {
    const reported = await Promise.all(tried().map((each) => each.report({ name: each.deviceId })));
    expect(new Set(reported)).toEqual(new Set([204]));
    const twins = await Promise.all(tried().map((each) => each.getTwin()));
    expect(twins).toMatchObject(tried().map(({ deviceId }) => ({ reported: { name: deviceId } })));
  });

  it('go on when one of them is disabled, one deleted, one given other keys, one connects elsewhere, and one has a token that expires', async () => {
    const [disabled, deleted, rekeyed, moved] = [device(20), device(21), device(22), device(23)];
    const expiring = device(24);
    await gateway.putDeviceToken(cbs, expiring.deviceId, credentials[24]?.key ?? '', BRIEF_SECONDS);
    await registry.update({ deviceId: disabled.deviceId, status: 'disabled' });
    expect(await untilEnded(disabled)).toEqual(new Set([UNAUTHORIZED]));
    await registry.delete(deleted.deviceId);
    expect(await untilEnded(deleted)).toEqual(new Set(['amqp:not-found']));
    const fresh = Buffer.alloc(32, 1).toString('base64');
    const authentication = { type: 'sas' as const, symmetricKey: { primaryKey: fresh, secondaryKey: fresh } };
    await registry.update({ deviceId: rekeyed.deviceId, authentication });
    expect(await untilEnded(rekeyed)).toEqual(new Set([UNAUTHORIZED]));
    const { deviceId, key } = credentials[23] ?? { deviceId: '', key: '' };
    const mqtt = await RawDevice.connect(hub, { deviceId, key });
    expect((await mqtt.receive('connack')).returnCode).toBe(0);
    expect(await untilEnded(moved)).toEqual(new Set(['amqp:link:stolen']));
    mqtt.close();
    expect(await untilEnded(expiring)).toEqual(new Set([UNAUTHORIZED]));
    await goOnBut(disabled, deleted, rekeyed, moved, expiring);
    await expect(gateway.device(disabled.deviceId).openTelemetry()).rejects.toMatchObject({ condition: UNAUTHORIZED });
  });

  it('are all admitted by one token of a policy that connects devices, which opens no links of back ends', async () => {
    const { device: pool, service: backEnd, registryRead } = await policies(hub);
    const pooled = await Gateway.connect(hub);
    const links = await pooled.openCbs();
    expect(await pooled.putGroupToken(links, 'registryRead', registryRead)).toBe(401);
    expect(await pooled.putGroupToken(links, 'service', backEnd)).toBe(200);
    await expect(pooled.device(device(0).deviceId).openTelemetry()).rejects.toMatchObject({ condition: UNAUTHORIZED });
    expect(await pooled.refusalOf('/messages/devicebound')).toBeUndefined();
    pooled.close();

    const other = await Gateway.connect(hub);
    expect(await other.putGroupToken(await other.openCbs(), 'device', pool)).toBe(200);
    expect(await other.refusalOf('/messages/devicebound')).toBe(UNAUTHORIZED);
    const moved = [device(0), device(1), device(2)].map(({ deviceId }) => other.device(deviceId));
    await Promise.all(moved.map((each) => each.open()));
    expect(await Promise.all(moved.map((each) => each.send('pooled')))).toEqual(['accepted', 'accepted', 'accepted']);
    other.close();
  });
});

/** The primary keys of the hub's policies, by name. */
async function policies(hub: HubAccess): Promise<{ device: string; service: string; registryRead: string }> {
  const client = new FleetService(hub);
  const found = JSON.parse(await client.call('GET', '/management/policies')) as { name: string; primaryKey: string }[];
  client.close();
  const key = (name: string) => found.find((policy) => policy.name === name)?.primaryKey ?? '';
  return { device: key('device'), service: key('service'), registryRead: key('registryRead') };
}
