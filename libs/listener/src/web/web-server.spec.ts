import { once } from 'node:events';
import { request } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { connect } from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createWebSocketStream, WebSocket } from 'ws';
import { issue } from '../certificates.spec-support.js';
import { received, start, stopAll } from '../listener.spec-support.js';
import { proxyHeader } from '../proxy-protocol/proxy-header.spec-support.js';

afterEach(stopAll);

function webSocket(port: number | undefined, path: string, protocol?: string, more: object = {}): WebSocket {
  return new WebSocket(`wss://127.0.0.1:${port}${path}`, protocol, { rejectUnauthorized: false, ...more });
}

async function refusal(socket: WebSocket): Promise<number | undefined> {
  const [, response] = await once(socket, 'unexpected-response');
  response.resume();
  return response.statusCode;
}

describe('the web server', () => {
  it.each(['/$iothub/websocket', '/%24iothub/websocket?iothub-no-client-cert=true'])(
    'hands MQTT at %s to its front, with the client’s certificate',
    async (path) => {
      const { front, ports } = await start();
      const device = await issue('device');
      const socket = webSocket(ports['https'], path, 'mqtt', { cert: device.cert, key: device.key });
      const stream = createWebSocketStream(socket);
      stream.write('hel');
      stream.write('lo');
      expect(await received(stream, 5)).toBe('hello');
      expect(socket.protocol).toBe('mqtt');
      expect(front.infos[0]).toMatchObject({ transport: 'websocket', clientCertificates: [device.der] });
      const gone = once(socket, 'close');
      socket.close();
      await gone;
    },
  );

  it('refuses other paths, subprotocols and protocols that nothing serves', async () => {
    const { ports } = await start();
    expect(await refusal(webSocket(ports['https'], '/other', 'mqtt'))).toBe(404);
    expect(await refusal(webSocket(ports['https'], '/$iothub/websocket', 'chat'))).toBe(400);
    expect(await refusal(webSocket(ports['https'], '/$iothub/websocket'))).toBe(400);
    expect(await refusal(webSocket(ports['https'], '/$servicebus/websocket', 'AMQPWSB10'))).toBe(404);
  });

  it('closes a WebSocket that sends text, or a message beyond the limit', async () => {
    const { ports } = await start({ maxWebSocketMessageBytes: 1_000 });
    for (const [message, code] of [
      ['text', 1003],
      [Buffer.alloc(1_001), 1009],
    ] as const) {
      const socket = webSocket(ports['https'], '/$iothub/websocket', 'mqtt');
      await once(socket, 'open');
      socket.send(message);
      const [closeCode] = await once(socket, 'close');
      expect([code, 1006]).toContain(closeCode);
    }
  });

  it('carries much more than fits into its buffers, in both directions', async () => {
    const { ports } = await start();
    const stream = createWebSocketStream(webSocket(ports['https'], '/$iothub/websocket', 'mqtt'));
    const size = 3_000_000;
    for (let sent = 0; sent < size; sent += 10_000) {
      stream.write(Buffer.alloc(10_000, 'x'));
    }
    expect((await received(stream, size)).length).toBe(size);
    stream.destroy();
  });

  it('gives requests to the HTTP front, which can ask who sent them', async () => {
    const { ports } = await start({ proxyTrusted: ['127.0.0.1'] });
    const raw = connectPlain(ports['https'] ?? 0, '127.0.0.1');
    raw.write(proxyHeader({ address: '198.51.100.7', port: 4711 }));
    const socket = connect({ socket: raw, rejectUnauthorized: false });
    socket.write('GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    expect(await received(socket, 100)).toContain('198.51.100.7');
  });

  it('answers a request that offers another protocol as if it did not', async () => {
    const { ports } = await start();
    const offering = request({
      port: ports['https'],
      rejectUnauthorized: false,
      headers: { connection: 'Upgrade', upgrade: 'h2c' },
    });
    offering.end();
    const [response] = await once(offering, 'response');
    response.resume();
    expect(response.statusCode).toBe(200);
  });

  it.each([
    ['is none', 'nonsense\r\n\r\n', '400 Bad Request'],
    ['is of another version', 'GET / HTTP/2.0\r\nHost: x\r\n\r\n', '505 HTTP Version Not Supported'],
    ['is older than versions', 'GET / HTTP/0.9\r\nHost: x\r\n\r\n', '505 HTTP Version Not Supported'],
    ['has two tokens', 'GET / HTTP/1.1\r\nHost: x\r\nAuthorization: a\r\nauthorization: b\r\n\r\n', '400 Bad Request'],
    ['has no host', 'GET / HTTP/1.1\r\n\r\n', '400 Bad Request'],
    [
      'has two lengths',
      'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      '400 Bad Request',
    ],
    [
      'has headers without an end',
      `GET / HTTP/1.1\r\nHost: x\r\n${'a: b\r\n'.repeat(10_000)}`,
      '431 Request Header Fields Too Large',
    ],
  ])('answers a request that %s as SDKs read errors, and closes', async (_, request, status) => {
    const { ports } = await start();
    const socket = connect({ port: ports['https'] ?? 0, rejectUnauthorized: false });
    socket.write(request);
    const chunks: Buffer[] = [];
    for await (const chunk of socket) {
      chunks.push(chunk);
    }
    const [head = '', body = ''] = Buffer.concat(chunks).toString().split('\r\n\r\n');
    expect(head).toContain(`HTTP/1.1 ${status}\r\niothub-errorcode: ArgumentInvalid\r\n`);
    expect(JSON.parse(body).Message).toMatch(/^ErrorCode:ArgumentInvalid;/);
  });

  it('refuses headers that have no end', async () => {
    const { ports } = await start();
    const endless = request({ port: ports['https'], rejectUnauthorized: false, headers: { a: 'x'.repeat(20_000) } });
    endless.end();
    const [response] = await once(endless, 'response');
    response.resume();
    expect(response.statusCode).toBe(431);
  });
});
