import { expect, it } from '@jest/globals';
import type { Client as DeviceClient, Twin as DeviceTwin } from 'azure-iot-device';
import { EventCollector } from '../support/event-collector.js';
import { eventually } from './eventually.js';
import { type AnyClient, MQTT, nameOf, newDevice, newModule, type Subject, TRANSPORTS } from './subject.js';
import { watchDesired } from './watch-desired.js';

async function report(twin: DeviceTwin, patch: object): Promise<void> {
  await new Promise<void>((resolve, reject) =>
    twin.properties.reported.update(patch, (error?: Error) => (error ? reject(error) : resolve())),
  );
}

/** What a twin is for devices, back ends and readers of its changes. */
export function twinTests(subject: () => Subject): void {
  it.each(TRANSPORTS)('a device over %s and a back end see what the other changes', async (name, transport) => {
    const { hub, registry } = subject();
    const deviceId = nameOf('twin', name);
    const client = await newDevice(subject(), deviceId, transport);
    await client.open();
    const twin = await client.getTwin();
    expect(twin.properties.desired).toMatchObject({ $version: 1 });
    const pushes = await watchDesired(twin, (desired) =>
      registry.updateTwin(deviceId, { properties: { desired } }, '*'),
    );
    const pushed = (version: number) => pushes.find(({ $version }) => $version === version);

    const { responseBody: first } = await registry.getTwin(deviceId);
    const base = first.properties.desired.$version as number;
    const updated = (
      await first.update({ tags: { site: 'north' }, properties: { desired: { a: 1, b: { c: [1, 'x'] } } } })
    ).result;
    expect(updated.tags).toEqual({ site: 'north' });
    expect(updated.properties.desired.$version).toBe(base + 1);
    await eventually('the push', () => pushed(base + 1) !== undefined);
    expect(pushed(base + 1)).toEqual({ a: 1, b: { c: [1, 'x'] }, $version: base + 1 });

    const { responseBody: second } = await registry.getTwin(deviceId);
    await second.update({ properties: { desired: { a: null, d: 'y' } } });
    await eventually('another push', () => pushed(base + 2) !== undefined);
    expect(pushed(base + 2)).toEqual({ a: null, d: 'y', $version: base + 2 });

    const collector = EventCollector.open(hub);
    await report(twin, { firmware: { version: '1.2' }, temporary: 'yes' });
    await report(twin, { temporary: null });
    const { responseBody: seen } = await registry.getTwin(deviceId);
    expect(seen.properties.reported).toMatchObject({ firmware: { version: '1.2' }, $version: 3 });
    expect(seen.properties.reported).not.toHaveProperty('temporary');
    expect(seen.properties.reported.$metadata).toHaveProperty('firmware.version.$lastUpdated');

    // Those that were tried until a push came, then two changes and two reports.
    const events = await collector.ofDevice(deviceId, base - 1 + 4);
    await collector.close();
    const changes = events.map(({ body, systemProperties, properties }) => {
      expect(systemProperties?.['iothub-message-source']).toBe('twinChangeEvents');
      expect(properties).toMatchObject({ opType: 'updateTwin', deviceId });
      return body as { version: number; properties?: { reported?: Record<string, unknown> } };
    });
    const versions = changes.map(({ version }) => version);
    expect(versions).toEqual([...versions].sort((left, right) => left - right));
    expect(changes.at(-2)?.properties?.reported).toMatchObject({ firmware: { version: '1.2' }, temporary: 'yes' });
    expect(changes.at(-1)?.properties?.reported).toMatchObject({ temporary: null });
    expect(changes.at(-1)?.properties?.reported).not.toHaveProperty('firmware');
    await client.close();
  });

  it('a module has a twin of its own', async () => {
    const { registry } = subject();
    const ids = { deviceId: 'twin-of-module', moduleId: 'm' };
    const client = await newModule(subject(), ids, MQTT);
    await client.open();
    const twin = await client.getTwin();
    const pushes = await watchDesired(twin, (desired) =>
      registry.updateModuleTwin(ids.deviceId, ids.moduleId, { properties: { desired } }, '*'),
    );
    const { responseBody } = await registry.getModuleTwin(ids.deviceId, ids.moduleId);
    await responseBody.update({ properties: { desired: { speed: 5 } } });
    await eventually('the push to the module', () => pushes.some((push) => 'speed' in push));
    await report(twin, { speed: 5 });
    const { responseBody: seen } = await registry.getModuleTwin(ids.deviceId, ids.moduleId);
    expect(seen.properties.reported).toMatchObject({ speed: 5 });
    expect((await registry.getTwin(ids.deviceId)).responseBody.properties.reported).not.toHaveProperty('speed');
    await client.close();
  });

  it('an entity tag guards an update, and what breaks the rules is refused', async () => {
    const { registry } = subject();
    const deviceId = 'twin-etag';
    await registry.create({ deviceId });
    const { responseBody: twin } = await registry.getTwin(deviceId);
    const stale = twin.etag;
    await registry.updateTwin(deviceId, { tags: { a: 1 } }, stale);
    await expect(registry.updateTwin(deviceId, { tags: { a: 2 } }, stale)).rejects.toMatchObject({
      name: 'InvalidEtagError',
    });
    await registry.updateTwin(deviceId, { tags: { a: 3 } }, '*');
    for (const tags of [{ 'a.b': 1 }, { $a: 1 }, { 'a b': 1 }, { a: 'x'.repeat(5_000) }, { a: 2 ** 53 }]) {
      await expect(registry.updateTwin(deviceId, { tags }, '*')).rejects.toMatchObject({ name: 'ArgumentError' });
    }
    const large = Object.fromEntries(Array.from({ length: 3 }, (_, index) => [`k${index}`, 'x'.repeat(4_000)]));
    await expect(registry.updateTwin(deviceId, { tags: large }, '*')).rejects.toThrow();
    expect((await registry.getTwin(deviceId)).responseBody.tags).toEqual({ a: 3 });
    await expect(registry.getTwin('nobody')).rejects.toMatchObject({ name: 'DeviceNotFoundError' });
  });

  it('no update of many at once is lost', async () => {
    const { registry } = subject();
    const deviceId = 'twin-writers';
    const client = await newDevice(subject(), deviceId, MQTT);
    await client.open();
    const twin = await client.getTwin();
    const writers = Array.from({ length: 20 }, (_, index) => index);
    await Promise.all([
      ...writers.map((index) =>
        registry.updateTwin(deviceId, { properties: { desired: { [`d${index}`]: index } } }, '*'),
      ),
      ...writers.map((index) => report(twin, { [`r${index}`]: index })),
    ]);
    const { desired, reported } = (await registry.getTwin(deviceId)).responseBody.properties;
    for (const index of writers) {
      expect(desired[`d${index}`]).toBe(index);
      expect(reported[`r${index}`]).toBe(index);
    }
    expect(desired.$version).toBe(21);
    expect(reported.$version).toBe(21);
    await client.close();
  });

  it('shows the model that a device names, and queries find it', async () => {
    const { registry } = subject();
    const modelId = 'dtmi:com:example:Thermostat;1';
    const client = await newDevice(subject(), 'twin-model', MQTT);
    await (client as DeviceClient).setOptions({ modelId });
    await client.open();
    const modelOf = async () => (await registry.getTwin('twin-model')).responseBody as { modelId?: string };
    await eventually('the model in the twin', async () => (await modelOf()).modelId === modelId);
    const query = registry.createQuery(`SELECT deviceId FROM devices WHERE modelId = '${modelId}'`);
    expect(((await query.next()) as unknown as { result: unknown[] }).result).toEqual([{ deviceId: 'twin-model' }]);
    await client.close();
  });

  it('queries find what was written, page by page', async () => {
    const { registry } = subject();
    const ids = Array.from({ length: 25 }, (_, index) => `query-${String(index).padStart(2, '0')}`);
    await registry.addDevices(ids.map((deviceId) => ({ deviceId })));
    for (const [index, deviceId] of ids.entries()) {
      await registry.updateTwin(deviceId, { tags: { fleet: 'q', rank: index } }, '*');
    }
    const find = async (text: string): Promise<unknown[]> => {
      const query = registry.createQuery(text, 10);
      const found: unknown[] = [];
      do {
        // Without it the SDK asks for the first page again.
        const { continuationToken } = query as unknown as { continuationToken?: string };
        const { result } = (await query.next(continuationToken as string)) as unknown as { result: unknown[] };
        found.push(...result);
      } while (query.hasMoreResults);
      return found;
    };
    const deviceIds = (found: unknown[]) => found.map((twin) => (twin as { deviceId: string }).deviceId);
    const text = `SELECT * FROM devices WHERE tags.fleet = 'q' AND tags.rank >= 5 AND status = 'enabled'`;
    expect(deviceIds(await find(text))).toEqual(ids.slice(5));
    const groups = await find(
      `SELECT tags.fleet AS fleet, COUNT() AS n FROM devices WHERE tags.fleet = 'q' GROUP BY tags.fleet`,
    );
    expect(groups).toEqual([{ fleet: 'q', n: 25 }]);
    await expect(find('SELECT * FROM devices WHERE tags.fleet = ')).rejects.toMatchObject({ name: 'ArgumentError' });
  });

  it('a query sees who is connected', async () => {
    const { registry } = subject();
    const client: AnyClient = await newDevice(subject(), 'query-connected', MQTT);
    await client.open();
    const find = async () => {
      const query = registry.createQuery(
        `SELECT deviceId FROM devices WHERE deviceId = 'query-connected' AND connectionState = 'Connected'`,
      );
      return ((await query.next()) as unknown as { result: unknown[] }).result;
    };
    await eventually('the device to be found as connected', async () => (await find()).length === 1);
    await client.close();
    await eventually('the device to be found as disconnected', async () => (await find()).length === 0);
  });
}
