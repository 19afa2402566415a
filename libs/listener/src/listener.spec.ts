import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, connect as connectPlain, createServer } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import { type Issued, issue } from './certificates.spec-support.js';
import { closed, received, start, stopAll } from './listener.spec-support.js';

afterEach(stopAll);

function secure(port: number | undefined, more: object = {}): TLSSocket {
  return connect({ port: port ?? 0, host: '127.0.0.1', servername: 'localhost', rejectUnauthorized: false, ...more });
}

async function echo(stream: TLSSocket): Promise<void> {
  stream.write('hello');
  expect(await received(stream, 5)).toBe('hello');
}

describe('Listener', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('serves %s without a client certificate', async (version) => {
    const { front, ports } = await start();
    const client = secure(ports['mqtts'], { minVersion: version, maxVersion: version });
    await echo(client);
    expect(front.infos[0]).toMatchObject({
      remoteAddress: '127.0.0.1',
      remotePort: client.localPort,
      transport: 'tls',
      clientCertificates: [],
    });
    client.destroy();
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'tells the chain that a client sends in %s, also when it resumes its session',
    async (version) => {
      const { front, ports } = await start();
      const intermediate = await issue('intermediate', await issue('root'));
      const leaf = await issue('device', intermediate);
      const chain = (certificates: Issued[]) => certificates.map(({ cert }) => cert).join('\n');
      const identity = {
        cert: chain([leaf, intermediate]),
        key: leaf.key,
        minVersion: version,
        maxVersion: version,
      };
      const first = secure(ports['mqtts'], identity);
      const session = once(first, 'session');
      await echo(first);
      expect(front.infos[0]?.clientCertificates).toEqual([leaf.der, intermediate.der]);
      const [ticket] = await session;
      first.destroy();

      const second = secure(ports['mqtts'], { ...identity, session: ticket });
      await echo(second);
      expect(second.isSessionReused()).toBe(true);
      expect(front.infos[1]?.clientCertificates).toEqual([leaf.der, intermediate.der]);
      second.destroy();
    },
  );

  it('takes a self-signed client certificate', async () => {
    const { front, ports } = await start();
    const device = await issue('anything');
    const client = secure(ports['mqtts'], { cert: device.cert, key: device.key });
    await echo(client);
    expect(front.infos[0]?.clientCertificates).toEqual([device.der]);
    client.destroy();
  });

  it('serves plain TCP where it is told to', async () => {
    const { front, ports } = await start();
    const client = connectPlain(ports['mqtt'] ?? 0, '127.0.0.1');
    client.write('hello');
    expect(await received(client, 5)).toBe('hello');
    expect(front.infos[0]?.transport).toBe('tcp');
    client.destroy();
  });

  it('closes a handshake that does not come to its end, however slowly it goes on', async () => {
    const { ports, metrics } = await start({ handshakeTimeoutMs: 300 });
    const client = connectPlain(ports['mqtts'] ?? 0, '127.0.0.1');
    const hello = Buffer.from('1603010200010001fc0303', 'hex');
    let at = 0;
    const drip = setInterval(() => client.write(hello.subarray(at, ++at)), 50);
    await closed(client);
    clearInterval(drip);
    expect(await metrics.metrics()).toContain('handshakes_failed_total{endpoint="mqtts",reason="timeout"} 1');
  });

  it('counts what is no TLS, and goes on', async () => {
    const { ports, metrics } = await start();
    const garbage = connectPlain(ports['mqtts'] ?? 0, '127.0.0.1');
    garbage.write(Buffer.from('100c00044d51545404c2003c0000', 'hex'));
    await closed(garbage);
    expect(await metrics.metrics()).toContain('handshakes_failed_total{endpoint="mqtts",reason="not-tls"} 1');
    const client = secure(ports['mqtts']);
    await echo(client);
    expect(await metrics.metrics()).toContain('mooring_listener_connections{endpoint="mqtts"} 1');
    client.destroy();
  });

  it('closes what is beyond the limit of connections', async () => {
    const { ports, metrics } = await start({ maxConnections: 1 });
    const first = secure(ports['mqtts']);
    await echo(first);
    await closed(connectPlain(ports['mqtts'] ?? 0, '127.0.0.1'));
    expect(await metrics.metrics()).toContain('refused_total{endpoint="mqtts",reason="limit"} 1');
    first.destroy();
  });

  it('names the port that cannot be bound, and leaves none open', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(start({ ports: { mqtts: 0, https: port } })).rejects.toMatchObject({
      endpoint: 'https',
      port,
      code: 'EADDRINUSE',
      message: expect.stringContaining(String(port)),
    });
    other.close();
  });

  it('opens no endpoint that nothing serves', async () => {
    const { ports } = await start({ ports: { mqtts: 0, amqps: 0 } });
    expect(Object.keys(ports)).toEqual(['mqtts']);
  });

  it('takes a new certificate when its files have changed, and keeps the old one while they do not fit', async () => {
    const clock = new ManualClock();
    const { ports, certificateFile, keyFile } = await start({ clock });
    const next = await issue('next');
    const presented = async () => {
      const client = secure(ports['mqtts']);
      await once(client, 'secureConnect');
      const { subject } = client.getPeerCertificate();
      client.destroy();
      return subject.CN;
    };
    await writeFile(certificateFile, next.cert);
    clock.advance(5_000);
    expect(await presented()).toBe('server');
    await writeFile(keyFile, next.key);
    while ((await presented()) !== 'next') {
      clock.advance(5_000);
    }
  });

  it('accepts nothing once it drains', async () => {
    const { listener, ports } = await start();
    const client = secure(ports['mqtts']);
    await echo(client);
    const gone = closed(client);
    await listener.drain(1_000);
    await gone;
    const late = connectPlain(ports['mqtts'] ?? 0, '127.0.0.1');
    const [error] = await once(late, 'error');
    expect((error as NodeJS.ErrnoException).code).toBe('ECONNREFUSED');
  });
});
