import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createAuthority } from '@mooring/certificates';
import { createMetrics } from '@mooring/observability';
import { Bench, type CertificateSpec, HOST, request, until, writePeer } from './rpc.spec-support.js';

const UNREACHABLE = { error: 'ServiceUnavailable', code: 503001 };

let bench = new Bench();
afterEach(async () => {
  await bench.close();
  bench = new Bench();
});

const refusals = async (metrics: ReturnType<typeof createMetrics>, reason: string) =>
  (await metrics.metrics()).includes(`mooring_rpc_server_connections_refused_total{reason="${reason}"}`);

describe('a server', () => {
  it.each<[string, CertificateSpec]>([
    ['has expired', { expired: true }],
    ['is for servers alone', { usages: ['server'] }],
  ])('refuses a client whose certificate %s, and serves others', async (_what, spec) => {
    const metrics = createMetrics();
    const { address } = await bench.serve({}, { metrics });
    const refused = await bench.client([address], { tls: await bench.certificates(spec) });
    await expect(refused.service.getIdentity(request('d1'))).rejects.toMatchObject(UNREACHABLE);
    expect(await refusals(metrics, 'handshake')).toBe(true);
    await (await bench.client([address])).service.getIdentity(request('d1'));
  });

  it('refuses a client of another authority', async () => {
    const { port } = await bench.serve();
    const own = (await bench.certificates()).current;
    expect(await tlsOutcome(port, { cert: own.certificate, key: own.key })).toBe('answered');
    const { certificate: cert, key } = (await bench.certificates({}, await createAuthority('Test CA', Date.now())))
      .current;
    expect(await tlsOutcome(port, { cert, key })).toBe('closed');
  });

  it('refuses a client without a certificate', async () => {
    const { port } = await bench.serve();
    expect(await tlsOutcome(port, {})).toBe('closed');
  });

  it('resumes no session, which would spare a client the check of its certificate', async () => {
    const { port } = await bench.serve();
    const { authority: ca, certificate: cert, key } = (await bench.certificates()).current;
    const options = { port, host: HOST, ca, cert, key, servername: 'identity', ALPNProtocols: ['h2'] };
    const sessions: Buffer[] = [];
    const first = connectTls(options).on('session', (session: Buffer) => sessions.push(session));
    await once(first, 'data');
    first.destroy();
    const [session] = sessions;
    const second = connectTls({ ...options, ...(session === undefined ? {} : { session }) });
    await once(second, 'data');
    expect(second.isSessionReused()).toBe(false);
    second.destroy();
  });

  it('refuses a client that does not speak HTTP/2', async () => {
    const metrics = createMetrics();
    const { port } = await bench.serve({}, { metrics });
    const { certificate: cert, key } = (await bench.certificates()).current;
    expect(await tlsOutcome(port, { cert, key, ALPNProtocols: [] })).toBe('closed');
    expect(await refusals(metrics, 'protocol')).toBe(true);
  });

  it('refuses a client that has none of the names that it allows', async () => {
    const metrics = createMetrics();
    const { address } = await bench.serve({}, { metrics, allowedPeers: ['edge', 'api'] });
    const stranger = await bench.client([address], { tls: await bench.certificates({ names: ['routing', '*'] }) });
    await expect(stranger.service.getIdentity(request('d1'))).rejects.toMatchObject(UNREACHABLE);
    expect(await refusals(metrics, 'peer-name')).toBe(true);
    const edge = await bench.client([address], { tls: await bench.certificates({ names: ['edge'] }) });
    await edge.service.getIdentity(request('d1'));
  });

  it('closes a connection whose handshake does not go on', async () => {
    const { port } = await bench.serve({}, { limits: { handshakeTimeoutMs: 50 } });
    const socket = bench.socket(port);
    await until(() => socket.closed);
  });

  it('is not kept from draining by a handshake that does not go on', async () => {
    const { server, port } = await bench.serve();
    const socket = bench.socket(port);
    await until(() => !socket.connecting);
    expect(await server.drain(5_000)).toBe(true);
  });

  it('closes connections beyond its limit', async () => {
    const metrics = createMetrics();
    const { address, port } = await bench.serve({}, { metrics, limits: { maxConnections: 1 } });
    const client = await bench.client([address]);
    await client.connect(10_000);
    const socket = bench.socket(port);
    await until(() => socket.closed);
    expect(await refusals(metrics, 'limit')).toBe(true);
    await client.service.getIdentity(request('d1'));
  });

  it('survives garbage, before TLS and within it', async () => {
    const { port, address } = await bench.serve();
    const { authority: ca, certificate: cert, key } = (await bench.certificates()).current;
    const client = await bench.client([address]);
    const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    const hostile = [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.concat([preface, randomBytes(500)]),
      // A frame that says it is 16 MB long, and one of an unknown kind.
      Buffer.concat([preface, Buffer.from('ffffff0004000000000000', 'hex')]),
      Buffer.concat([preface, Buffer.from('00000104000000000000000008ff00000000010a', 'hex')]),
      randomBytes(20_000),
    ];
    for (const bytes of hostile) {
      const plain = bench.socket(port);
      plain.end(bytes);
      const tls = connectTls({ port, host: HOST, ca, cert, key, servername: 'identity', ALPNProtocols: ['h2'] });
      tls.on('error', () => undefined);
      tls.resume();
      tls.once('secureConnect', () => tls.end(bytes));
      await until(() => plain.closed && tls.closed);
      await client.service.getIdentity(request('d1'));
    }
  });
});

describe('a client', () => {
  it.each<[string, CertificateSpec]>([
    ['has expired', { expired: true }],
    ['has another name', { names: ['edge', 'localhost', HOST] }],
    ['is for clients alone', { usages: ['client'] }],
  ])('refuses a server whose certificate %s', async (_what, spec) => {
    const { address } = await bench.serve({}, { tls: await bench.certificates(spec) });
    const { service } = await bench.client([address]);
    await expect(service.getIdentity(request('d1'))).rejects.toMatchObject(UNREACHABLE);
  });

  it('refuses a server of another authority', async () => {
    const other = await createAuthority('Test CA', Date.now());
    const { address } = await bench.serve({}, { tls: await bench.certificates({}, other) });
    const { service } = await bench.client([address]);
    await expect(service.getIdentity(request('d1'))).rejects.toMatchObject(UNREACHABLE);
  });

  it('may be told which name the server has', async () => {
    const { address } = await bench.serve({}, { tls: await bench.certificates({ names: ['edge-0.edge'] }) });
    const { service } = await bench.client([address], { peerName: 'edge-0.edge' });
    await service.getIdentity(request('d1'));
  });
});

describe('new certificates', () => {
  it('are used for new connections, while those that are open lose no call', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rpc-'));
    bench.ending(() => rm(folder, { recursive: true }));
    await writePeer(folder, await bench.authority);
    const tls = await bench.openFolder(folder);
    const { address, port } = await bench.serve({}, { tls });
    const client = await bench.client([address], { tls });
    const outdated = await bench.certificates();
    let made = 0;
    let stopped = false;
    const calls = (async () => {
      for (; !stopped; made += 1) {
        await client.service.getIdentity(request('d1'));
      }
    })();
    await until(() => made > 20);

    await writePeer(folder, await createAuthority('New CA', Date.now()));
    await tls.reload();
    const before = made;
    await until(() => made > before + 20);
    const { certificate: cert, key } = outdated.current;
    expect(await tlsOutcome(port, { cert, key })).toBe('closed');
    const fresh = await bench.client([address], { tls, peerName: 'identity', maxMessageBytes: 1_000_000 });
    await fresh.service.getIdentity(request('d1'));

    stopped = true;
    await calls;
  });
});

/** How a connection by hand ends: it is closed by the server, or an HTTP/2 server answers. */
function tlsOutcome(port: number, options: { cert?: Buffer; key?: Buffer; ALPNProtocols?: string[] }): Promise<string> {
  return new Promise((resolve) => {
    const socket = connectTls({ port, host: HOST, rejectUnauthorized: false, ALPNProtocols: ['h2'], ...options });
    socket.once('data', () => {
      resolve('answered');
      socket.destroy();
    });
    socket.once('error', () => undefined);
    socket.once('close', () => resolve('closed'));
  });
}
