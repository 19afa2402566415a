import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Cluster, type ClusterEdge, sharedParts, startCluster, until } from '@mooring/test-parts';
import { Client, Message } from 'azure-iot-device';
import { Mqtt, MqttWs } from 'azure-iot-device-mqtt';
import type { Registry } from 'azure-iothub';
import { EventCollector } from './support/event-collector.js';
import { RawDevice } from './support/raw-device.js';
import { createDevice, openRegistry } from './support/registry.js';

const ACCEPTED = 0;
const NOT_AUTHORIZED = 5;
const READY_TIMEOUT_MS = 180_000;
const C2D = (deviceId: string) => `devices/${deviceId}/messages/devicebound/#`;

describe('a hub of many processes', () => {
  let cluster: Cluster;
  let registry: Registry;
  let here: ClusterEdge;
  let there: ClusterEdge;
  beforeAll(async () => {
    cluster = await startCluster({ stores: sharedParts() });
    registry = openRegistry(cluster);
    [here, there] = cluster.edges as [ClusterEdge, ClusterEdge];
  }, READY_TIMEOUT_MS);
  afterAll(() => cluster?.close());

  /** Connects a device to one edge. */
  async function connect(edge: ClusterEdge, options: { deviceId: string; key: string; clean?: boolean }) {
    return RawDevice.connect(cluster, { ...options, address: edge.address });
  }

  /** What a new connection to one edge is answered. */
  async function connack(edge: ClusterEdge, deviceId: string, key: string): Promise<number | undefined> {
    const device = await connect(edge, { deviceId, key });
    const { returnCode } = await device.receive('connack');
    device.close();
    return returnCode;
  }

  it('serves the registry through any api', async () => {
    await registry.create({ deviceId: 'life' });
    const ids = Array.from({ length: 20 }, (_, index) => ({ deviceId: `many-${index}` }));
    await registry.addDevices(ids);
    // Each request is a connection of its own, led to the apis in turn.
    expect((await registry.get('life')).responseBody.status).toBe('enabled');
    await registry.update({ deviceId: 'life', status: 'disabled' });
    expect((await registry.get('life')).responseBody.status).toBe('disabled');
    expect((await registry.getRegistryStatistics()).responseBody.totalDeviceCount).toBeGreaterThanOrEqual(21);
    await registry.delete('life');
    await expect(registry.get('life')).rejects.toMatchObject({ name: 'DeviceNotFoundError' });
  });

  describe.each([
    ['MQTT', Mqtt],
    ['MQTT over WebSocket', MqttWs],
  ])('telemetry over %s', (name, transport) => {
    it.each([
      ['TCP', false],
      ['WebSocket', true],
    ])('reaches an Event Hubs client over %s', async (client, webSocket) => {
      const deviceId = `telemetry-${name}-${client}`.replaceAll(' ', '');
      const { connectionString } = await createDevice(registry, cluster, deviceId);
      const device = Client.fromConnectionString(connectionString, transport);
      await device.open();
      const message = new Message('hello');
      message.properties.add('colour', 'red');
      await device.sendEvent(message);
      await device.close();
      const collector = EventCollector.open(cluster, { webSocket });
      try {
        const [event] = await collector.ofDevice(deviceId, 1);
        expect(String(event?.body)).toBe('hello');
        expect(event?.properties).toMatchObject({ colour: 'red' });
      } finally {
        await collector.close();
      }
    });
  });

  it('moves a persistent session with its device from edge to edge', async () => {
    const deviceId = 'session';
    const { key } = await createDevice(registry, cluster, deviceId);
    const first = await connect(here, { deviceId, key, clean: false });
    expect((await first.receive('connack')).sessionPresent).toBe(false);
    first.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: C2D(deviceId), qos: 1 }] });
    await first.receive('suback');
    const second = await connect(there, { deviceId, key, clean: false });
    expect((await second.receive('connack')).sessionPresent).toBe(true);
    await first.untilClosed();
    const clean = await connect(here, { deviceId, key, clean: true });
    expect((await clean.receive('connack')).sessionPresent).toBe(false);
    const last = await connect(there, { deviceId, key, clean: false });
    expect((await last.receive('connack')).sessionPresent).toBe(false);
    last.close();
  });

  it('lets the newest connection win, on whichever edge it is', async () => {
    const deviceId = 'moved';
    const { key } = await createDevice(registry, cluster, deviceId);
    let former = await connect(here, { deviceId, key });
    expect((await former.receive('connack')).returnCode).toBe(ACCEPTED);
    for (const edge of [there, here, here, there]) {
      const newest = await connect(edge, { deviceId, key });
      expect((await newest.receive('connack')).returnCode).toBe(ACCEPTED);
      await former.untilClosed();
      expect(newest.closed).toBe(false);
      former = newest;
    }
    former.close();
  });

  const fresh = Buffer.alloc(32, 1).toString('base64');
  it.each([
    ['disabled', (deviceId: string) => registry.update({ deviceId, status: 'disabled' })],
    ['deleted', (deviceId: string) => registry.delete(deviceId)],
    [
      'given another key',
      (deviceId: string) =>
        registry.update({
          deviceId,
          authentication: { type: 'sas', symmetricKey: { primaryKey: fresh, secondaryKey: fresh } },
        }),
    ],
  ])('closes a device that is %s, and refuses it on every edge', async (what, revoke) => {
    for (const edge of [here, there]) {
      const deviceId = `${what.replaceAll(' ', '-')}-${edge.name}`;
      const { key } = await createDevice(registry, cluster, deviceId);
      const device = await connect(edge, { deviceId, key });
      expect((await device.receive('connack')).returnCode).toBe(ACCEPTED);
      await revoke(deviceId);
      await device.untilClosed();
      expect(await connack(here, deviceId, key)).toBe(NOT_AUTHORIZED);
      expect(await connack(there, deviceId, key)).toBe(NOT_AUTHORIZED);
    }
  });

  it(
    'says in the registry who is connected, also after an edge was killed',
    async () => {
      const deviceId = 'seen';
      const { key } = await createDevice(registry, cluster, deviceId);
      const state = async () => (await registry.get(deviceId)).responseBody.connectionState as string;
      const device = await connect(there, { deviceId, key });
      expect((await device.receive('connack')).returnCode).toBe(ACCEPTED);
      await until(async () => (await state()) === 'Connected', { what: 'Connected', timeoutMs: 15_000, everyMs: 200 });
      await there.kill();
      await until(async () => (await state()) === 'Disconnected', {
        what: 'Disconnected',
        timeoutMs: 60_000,
        everyMs: 500,
      });
      await there.start();
    },
    READY_TIMEOUT_MS,
  );
});
