import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '@mooring/test-parts';
import { clientHello, garbage, PORT, RawConnection } from '@mooring/test-wire';
import { underSiege, withstandsSiege } from './support/siege.js';

const PORTS = Object.entries(PORT);
/** Of each kind, on each port. */
const HALF_OPEN = 60;
const SEEDS = [1, 2, 3, 4];
/** Of TLS: what a handshake that fails is answered with at most. */
const LARGEST_ALERT = 7;
const GARBAGE_BYTES = 20_000;
const PROXY_V2 = Buffer.from('0d0a0d0a000d0a515549540a2111000cc6336407cb00710a22b80270', 'hex');
const PROXY_V1 = Buffer.from('PROXY TCP4 198.51.100.7 203.0.113.10 56324 443\r\n');

describe('a hub that is connected to in bad ways', () => {
  const siege = underSiege(() => ({
    MOORING_HANDSHAKE_TIMEOUT_SECONDS: '2',
    MOORING_MQTT_CONNECT_TIMEOUT_SECONDS: '2',
  }));
  const open: RawConnection[] = [];
  afterEach(() => {
    for (const connection of open.splice(0)) {
      connection.close();
    }
  });

  async function plain(port: number): Promise<RawConnection> {
    const connection = await RawConnection.plain(siege.hub, port);
    open.push(connection);
    return connection;
  }

  async function secure(port: number): Promise<RawConnection> {
    const connection = await RawConnection.secure(siege.hub, port);
    open.push(connection);
    return connection;
  }

  async function untilAllClosed(connections: readonly RawConnection[]): Promise<void> {
    await until(() => connections.every(({ closed }) => closed), {
      what: 'the hub to close all connections',
      timeoutMs: 20_000,
    });
  }

  describe.each(PORTS)('on the port %s', (_, port) => {
    it.each([
      ['an HTTP request', Buffer.from('GET /openapi.json HTTP/1.1\r\nHost: hub\r\n\r\n')],
      ['a greeting of SSH', Buffer.from('SSH-2.0-OpenSSH_9.9\r\n')],
      ['a PROXY header, version 2', PROXY_V2],
      ['a PROXY header, version 1', PROXY_V1],
      ['a TLS record that is longer than any', Buffer.concat([Buffer.from('160301ffff', 'hex'), Buffer.alloc(70_000)])],
      ['a ClientHello of SSL 2', Buffer.from(`802e010002${'00'.repeat(43)}`, 'hex')],
      ['zeros', Buffer.alloc(GARBAGE_BYTES)],
      ...SEEDS.map((seed) => [`random bytes (${seed})`, garbage(seed, GARBAGE_BYTES)] as const),
    ])('closes a connection that begins with %s in place of TLS, and serves nothing on it', async (__, bytes) => {
      const connection = await plain(port);
      connection.send(bytes);
      const answer = await connection.untilClosed();
      expect(answer.length).toBeLessThanOrEqual(LARGEST_ALERT);
    });

    it('closes a connection that sends a ClientHello behind a PROXY header, as the balancer is not trusted', async () => {
      const connection = await plain(port);
      connection.send(PROXY_V2, await clientHello());
      expect((await connection.untilClosed()).length).toBeLessThanOrEqual(LARGEST_ALERT);
    });

    it.each(SEEDS)('closes a connection that sends random bytes after the handshake (%s)', async (seed) => {
      const connection = await secure(port);
      connection.send(garbage(seed, GARBAGE_BYTES));
      await connection.untilClosed();
    });

    it('refuses TLS 1.1', async () => {
      const options = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
      await expect(RawConnection.secure(siege.hub, port, options)).rejects.toThrow();
    });
  });

  it(`closes ${HALF_OPEN} connections each, on every port, that never begin a handshake and that stop within one`, async () => {
    const hello = await clientHello();
    const ports = Object.values(PORT);
    const halves = Array.from({ length: HALF_OPEN * ports.length }, async (_, index) => {
      const port = ports[index % ports.length] ?? PORT.mqtts;
      const stopped = await plain(port);
      stopped.send(hello.subarray(0, 1 + (index % (hello.length - 1))));
      return [await plain(port), stopped];
    });
    await untilAllClosed((await Promise.all(halves)).flat());
  });

  it('closes connections whose handshake comes byte by byte, but never ends', async () => {
    const hello = await clientHello();
    const slow = await Promise.all(Object.values(PORT).map(plain));
    for (let at = 0; slow.some(({ closed }) => !closed); at++) {
      for (const connection of slow) {
        connection.send(hello.subarray(at, Math.min(at + 1, hello.length - 1)));
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    expect(slow.map(({ received }) => received.length <= LARGEST_ALERT)).not.toContain(false);
  });

  it(`closes ${HALF_OPEN} connections that never send a CONNECT`, async () => {
    const silent = await Promise.all(Array.from({ length: HALF_OPEN }, () => secure(PORT.mqtts)));
    await untilAllClosed(silent);
  });

  withstandsSiege(siege);
});
