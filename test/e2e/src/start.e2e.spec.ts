import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort, type HubPart, hubCommand, startHub } from '@mooring/test-parts';
import { call } from './support/https.js';
import { createDevice, openRegistry } from './support/registry.js';

/** Runs `mooring up` to its end, which must come by itself. */
function failToStart(environment: Record<string, string>): { status: number | null; stderr: string } {
  const [command, args] = hubCommand();
  const folder = mkdtempSync(join(tmpdir(), 'mooring-start-'));
  try {
    const env = { PATH: process.env['PATH'] ?? '', MOORING_DATA: join(folder, 'data'), ...environment };
    const { status, stderr } = spawnSync(command, args, { env, cwd: folder, encoding: 'utf8', timeout: 30_000 });
    return { status, stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('a start that cannot succeed', () => {
  it.each([
    ['an unknown setting', { MOORING_MQTT_PROT: '1' }, 'MOORING_MQTT_PROT'],
    ['an invalid setting', { MOORING_MQTTS_PORT: 'many' }, 'MOORING_MQTTS_PORT'],
    ['a configuration file that is not there', { MOORING_CONFIG: '/nowhere/mooring.yaml' }, '/nowhere/mooring.yaml'],
  ])('stops and names %s', (_, environment, named) => {
    const { status, stderr } = failToStart(environment);
    expect(status).toBe(1);
    expect(stderr).toContain(named);
    expect(stderr).not.toContain('    at ');
  });

  it('names the key of the configuration file that is wrong', () => {
    const file = join(tmpdir(), `mooring-${process.pid}.yaml`);
    writeFileSync(file, 'consumerGroups: [a, 7]\n');
    const { status, stderr } = failToStart({ MOORING_CONFIG: file });
    rmSync(file);
    expect(status).toBe(1);
    expect(stderr).toContain('consumerGroups.1');
  });

  it('says which variable to set when a port is taken', async () => {
    const port = await freePort();
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(port, '127.0.0.1', resolve));
    const { status, stderr } = failToStart({ MOORING_BIND_ADDRESS: '127.0.0.1', MOORING_MQTTS_PORT: String(port) });
    taken.close();
    expect(status).toBe(1);
    expect(stderr).toContain('MOORING_MQTTS_PORT');
  });
});

describe('a hub on embedded stores', () => {
  let hub: HubPart;
  beforeAll(async () => {
    hub = await startHub();
  });
  afterAll(() => hub?.close());

  it('keeps its secrets to its owner and says where things are', () => {
    for (const name of [
      'connection-string',
      'event-hubs-connection-string',
      'server-key.pem',
      'ca-key.pem',
      'seal-key',
    ]) {
      expect(statSync(join(hub.data, name)).mode & 0o777).toBe(0o600);
    }
    for (const word of ['8883', '5671', '443', 'ca.pem', 'connection-string', 'event-hubs-connection-string']) {
      expect(hub.output()).toContain(word);
    }
  });

  it('finds all its data when it is started again', async () => {
    const registry = openRegistry(hub);
    const { key } = await createDevice(registry, hub, 'heirloom-1');
    await hub.stop();
    expect(hub.exitCode).toBe(0);
    await hub.start();
    const device = (await registry.get('heirloom-1')).responseBody;
    expect(device.authentication?.symmetricKey?.primaryKey).toBe(key);
  });

  it('serves metrics without a device id, and describes its REST API', async () => {
    const metrics = await (await fetch(`${hub.adminUrl}/metrics`)).text();
    expect(metrics).toMatch(/^mooring_/m);
    expect(metrics).not.toContain('heirloom-1');
    const { status, body } = await call(hub, { method: 'GET', path: '/openapi.json' });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ openapi: expect.stringMatching(/^3\.1/) });
  });
});
