import { connect as connectPlain, type Socket } from 'node:net';
import { connect } from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import { closed, received, start, stopAll } from '../listener.spec-support.js';
import { proxyHeader } from './proxy-header.spec-support.js';

afterEach(stopAll);

const header = proxyHeader({ address: '198.51.100.7', port: 4711 });
const proxyTrusted = ['127.0.0.0/8'];

function balancer(port: number | undefined): Socket {
  return connectPlain(port ?? 0, '127.0.0.1').on('error', () => undefined);
}

describe('behind a trusted balancer', () => {
  it('tells the client’s address, over TLS, however the header arrives', async () => {
    const { front, ports } = await start({ proxyTrusted });
    for (const cut of [1, 12, 16, header.length]) {
      const raw = balancer(ports['mqtts']);
      raw.write(header.subarray(0, cut));
      await new Promise((resolve) => setImmediate(resolve));
      raw.write(header.subarray(cut));
      const client = connect({ socket: raw, servername: 'localhost', rejectUnauthorized: false });
      client.write('hello');
      expect(await received(client, 5)).toBe('hello');
      client.destroy();
    }
    expect(front.infos.map(({ remoteAddress, remotePort }) => [remoteAddress, remotePort])).toEqual(
      Array(4).fill(['198.51.100.7', 4711]),
    );
  });

  it('tells it over plain TCP, and loses nothing of what comes with the header', async () => {
    const { front, ports } = await start({ proxyTrusted });
    const client = balancer(ports['mqtt']);
    client.write(Buffer.concat([header, Buffer.from('hello')]));
    expect(await received(client, 5)).toBe('hello');
    expect(front.infos[0]?.remoteAddress).toBe('198.51.100.7');
    client.destroy();
  });

  it('closes a connection without a header', async () => {
    const { front, ports, metrics } = await start({ proxyTrusted });
    const client = balancer(ports['mqtt']);
    client.write('hello, I have no header');
    await closed(client);
    expect(front.infos).toEqual([]);
    expect(await metrics.metrics()).toContain('refused_total{endpoint="mqtt",reason="proxy-header"} 1');
  });

  it('closes a connection whose header does not come in time', async () => {
    const clock = new ManualClock();
    const { ports } = await start({ proxyTrusted, clock, handshakeTimeoutMs: 1_000 });
    const client = balancer(ports['mqtts']);
    client.write(header.subarray(0, 20));
    const gone = closed(client);
    const tick = setInterval(() => clock.advance(1_000), 10);
    await gone;
    clearInterval(tick);
  });
});

describe('from an address that is not trusted', () => {
  it('takes a header for what it is: no TLS', async () => {
    const { front, ports } = await start({ proxyTrusted: ['10.0.0.0/8'] });
    const client = balancer(ports['mqtts']);
    client.write(header);
    await closed(client);
    expect(front.infos).toEqual([]);
  });
});
