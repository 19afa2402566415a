import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { until } from '../process/until.js';
import { type FaultProxy, startFaultProxy } from './fault-proxy.js';

let server: Server;
let proxy: FaultProxy;
let client: Socket;
let received: string;
let served: string;

const soon = { what: 'it happened', timeoutMs: 3000, everyMs: 2 };
const ended = () => until(() => client.destroyed || client.readableEnded, soon);

async function dial(): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: proxy.port });
  socket.setEncoding('utf8').on('data', (text) => {
    received += text;
  });
  await once(socket, 'connect');
  return socket;
}

beforeEach(async () => {
  received = '';
  served = '';
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.setEncoding('utf8').on('data', (text) => {
      served += text;
      socket.write(text);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  proxy = await startFaultProxy({ target: { port: typeof address === 'object' && address ? address.port : 0 } });
  client = await dial();
  client.on('error', () => undefined);
  await until(() => proxy.connections === 1, soon);
});

afterEach(async () => {
  client.destroy();
  await proxy.close();
  server.close();
});

test('forwards both ways and passes the end on', async () => {
  client.end('all of it');
  await ended();
  expect(received).toBe('all of it');
  await until(() => proxy.connections === 0, soon);
});

test('holds answers until they are released, in order', async () => {
  proxy.answers('hold');
  client.write('one ');
  await until(() => proxy.heldBytes === 4, soon);
  client.write('two');
  await until(() => proxy.heldBytes === 7, soon);
  expect([received, served]).toEqual(['', 'one two']);
  proxy.answers('forward');
  await until(() => received === 'one two', soon);
  expect(proxy.heldBytes).toBe(0);
});

test('does not read on without end while it holds', async () => {
  proxy.answers('hold');
  const much = Buffer.alloc(16_777_216, 'x');
  client.write(much);
  await until(() => proxy.heldBytes >= 1_048_576, soon);
  expect(proxy.heldBytes).toBeLessThan(2_097_152);
  proxy.answers('forward');
  await until(() => received.length === much.length, { ...soon, timeoutMs: 10_000 });
});

test('swallows answers of requests that the server has served', async () => {
  proxy.answers('swallow');
  client.write('gone');
  await until(() => proxy.swallowedBytes === 4, soon);
  expect([received, served]).toEqual(['', 'gone']);
});

test('holds requests back from the server', async () => {
  proxy.requests('hold');
  client.write('later');
  proxy.answers('forward');
  proxy.requests('forward');
  await until(() => served === 'later', soon);
});

test('delays without changing the order', async () => {
  proxy.delay(30);
  const start = performance.now();
  client.write('a');
  client.write('b');
  await until(() => received === 'ab', soon);
  expect(performance.now() - start).toBeGreaterThanOrEqual(59);
});

test('resets live connections and accepts new ones', async () => {
  const error = once(client, 'error');
  proxy.reset();
  expect(await error).toMatchObject([{ code: 'ECONNRESET' }]);
  client = await dial();
  client.write('again');
  await until(() => received === 'again', soon);
});

test('cuts an answer in the middle', async () => {
  proxy.cut(3);
  client.write('abcdef');
  await ended();
  expect(received).toBe('abc');
});

test('refuses new connections, keeps live ones, and listens again', async () => {
  await proxy.refuse();
  await expect(dial()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  client.write('still here');
  await until(() => received === 'still here', soon);
  await proxy.accept();
  (await dial()).destroy();
});

test('resets a client whose server is gone', async () => {
  server.close();
  const late = connect({ host: '127.0.0.1', port: proxy.port });
  late.on('error', () => undefined);
  await until(() => late.destroyed, soon);
});
