import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { selfSignedCertificate } from '@mooring/test-wire';
import { createDevice, openRegistry } from './support/registry.js';
import { runPython } from './support/run-python.js';
import { onEveryHub, type RunningHub } from './support/stores.js';

const KEY1 = 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
const KEY2 = 'ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=';

onEveryHub('the Python SDKs', (start) => {
  let hub: RunningHub;
  let folder: string;
  beforeAll(async () => {
    hub = await start();
    folder = mkdtempSync(join(tmpdir(), 'mooring-python-'));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await hub?.close();
  });

  it('work the registry', async () => {
    expect(await runPython(hub, 'registry.py', [hub.connectionString])).toEqual({
      created: ['py-device', 'enabled', KEY1],
      read: ['Disconnected', true],
      conflict: 409,
      updated: ['disabled', KEY2],
      stale: 412,
      x509: ['selfSigned', 'A'.repeat(40)],
      ca: 'certificateAuthority',
      module: ['py-module', 'tests'],
      modules: ['py-module'],
      bulk: true,
      listed: ['py-bulk-0', 'py-bulk-1', 'py-bulk-2', 'py-ca', 'py-device', 'py-x509'],
      total: 6,
      connected: 0,
      absent: 404,
    });
  }, 180_000);

  it('send telemetry over both transports and read it from the built-in endpoint', async () => {
    const registry = openRegistry(hub);
    const { connectionString } = await createDevice(registry, hub, 'python');
    const module = (await registry.addModule({ deviceId: 'python', moduleId: 'm' })).responseBody;
    const certificate = await selfSignedCertificate('python-x509');
    const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    writeFileSync(certFile, certificate.cert);
    writeFileSync(keyFile, certificate.key);
    const x509Thumbprint = { primaryThumbprint: certificate.sha1, secondaryThumbprint: certificate.sha1 };
    await registry.create({ deviceId: 'python-x509', authentication: { type: 'selfSigned', x509Thumbprint } });

    const seen = (await runPython(hub, 'telemetry.py', [
      JSON.stringify({
        host: hub.host,
        ca: hub.caFile,
        certFile,
        keyFile,
        x509DeviceId: 'python-x509',
        deviceConnectionString: connectionString,
        moduleConnectionString: `HostName=${hub.host};DeviceId=python;ModuleId=m;SharedAccessKey=${module.authentication?.symmetricKey?.primaryKey}`,
        wrongConnectionString: `HostName=${hub.host};DeviceId=python;SharedAccessKey=${KEY1}`,
        eventHubsConnectionString: hub.eventHubsConnectionString,
      }),
    ])) as { refused: string; partitions: number; events: object[] };

    const empty = { body: '', properties: {}, messageId: null, contentType: null };
    const common = { source: 'Telemetry', sequence: true, enqueued: true };
    const sent = (device: string, moduleId: string | null, kind: string, transport: string) => {
      const body = JSON.stringify(`${kind} over ${transport}`);
      return {
        ...common,
        device,
        module: moduleId,
        body,
        properties: { via: 'a & b = c' },
        messageId: `id of ${body}`,
        contentType: 'application/json',
      };
    };
    const of = (device: string, moduleId: string | null, kind: string) => [
      { ...common, ...empty, device, module: moduleId },
      { ...common, ...empty, device, module: moduleId },
      sent(device, moduleId, kind, 'tcp'),
      sent(device, moduleId, kind, 'ws'),
    ];
    expect(seen.events).toEqual([
      ...of('python', null, 'device'),
      ...of('python', 'm', 'module'),
      ...of('python-x509', null, 'certificate'),
    ]);
    expect(seen.refused).toMatch(/Credential|Unauthorized|ConnectionFailed/);
    expect(seen.partitions).toBe(12);
  }, 180_000);

  it('work in both directions: twins, methods, messages and queries', async () => {
    const registry = openRegistry(hub);
    const deviceIds = ['python-both-0', 'python-both-1'];
    const devices = [
      await createDevice(registry, hub, 'python-both-0'),
      await createDevice(registry, hub, 'python-both-1'),
    ];
    const module = (await registry.addModule({ deviceId: 'python-both-0', moduleId: 'm' })).responseBody;
    const moduleKey = module.authentication?.symmetricKey?.primaryKey;
    const seen = (await runPython(hub, 'both_directions.py', [
      JSON.stringify({
        ca: hub.caFile,
        serviceConnectionString: hub.connectionString,
        deviceIds,
        deviceConnectionStrings: devices.map(({ connectionString }) => connectionString),
        moduleId: 'm',
        moduleConnectionString: `HostName=${hub.host};DeviceId=python-both-0;ModuleId=m;SharedAccessKey=${moduleKey}`,
      }),
    ])) as Record<string, unknown>;

    const both = {
      initial: { desired: { $version: 1 }, reported: { $version: 1 } },
      pushed: { a: 1, b: { c: 'x' }, $version: 2 },
      removed: { a: null, $version: 3 },
      tags: { site: 'north' },
      reported: { firmware: '1.2', $version: 3 },
      desired: { b: { c: 'x' }, $version: 3 },
      // Where there is no payload, the SDK sends an empty text.
      calls: ['', 'foo', { k: [1, 2] }].map((payload) => [['echo', payload], 299, payload]),
    };
    const message = ['hello from python', 'c2d-1', 'text/plain', { colour: 'dark red' }];
    expect(seen).toEqual({
      tcp: { ...both, message },
      ws: { ...both, message },
      module: both,
      found: deviceIds,
    });
  }, 180_000);
});
