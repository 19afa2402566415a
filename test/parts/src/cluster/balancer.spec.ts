import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { freePort } from '../process/free-port.js';
import { ownLoopbackAddress } from '../process/own-loopback-address.js';
import { until } from '../process/until.js';
import { type Balancer, startBalancer } from './balancer.js';

let port: number;
let address: string;
let balancer: Balancer;
let servers: Server[];
let targets: { address: string; isLive: boolean }[];

/** Greets with its own address, and echoes. */
async function serve(): Promise<Server> {
  const own = ownLoopbackAddress();
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(own);
    socket.pipe(socket);
  });
  server.listen(port, own);
  await once(server, 'listening');
  targets.push({ address: own, isLive: true });
  return server;
}

async function dial(): Promise<{ socket: Socket; from: string }> {
  const socket = connect({ host: address, port });
  socket.on('error', () => undefined);
  const [greeting] = await once(socket, 'data');
  return { socket, from: String(greeting) };
}

async function whoAnswers(): Promise<string> {
  const { socket, from } = await dial();
  socket.destroy();
  return from;
}

beforeEach(async () => {
  port = await freePort();
  address = ownLoopbackAddress();
  targets = [];
  servers = [await serve(), await serve()];
  balancer = await startBalancer({ address, ports: [port], targets: () => targets });
});

afterEach(async () => {
  await balancer.close();
  for (const server of servers) {
    server.close();
  }
});

test('leads connections to its targets in turn', async () => {
  const [one, other] = [await whoAnswers(), await whoAnswers()];
  expect(new Set([one, other]).size).toBe(2);
  expect(await whoAnswers()).toBe(one);
});

test('passes bytes on both ways, and the end', async () => {
  const { socket } = await dial();
  socket.end('all of it');
  const [echo] = await once(socket, 'data');
  expect(String(echo)).toBe('all of it');
  await until(() => socket.readableEnded || socket.destroyed, { what: 'the end', timeoutMs: 3_000 });
});

test('leaves out a target that is not live, and one that refuses', async () => {
  const [first, second] = targets;
  if (first === undefined || second === undefined) {
    throw new Error('there are two');
  }
  first.isLive = false;
  expect([await whoAnswers(), await whoAnswers()]).toEqual([second.address, second.address]);
  first.isLive = true;
  servers[1]?.close();
  expect([await whoAnswers(), await whoAnswers()]).toEqual([first.address, first.address]);
});

test('resets a client for whom nobody is left', async () => {
  for (const target of targets) {
    target.isLive = false;
  }
  const socket = connect({ host: address, port });
  const error = await once(socket, 'error').then(([one]) => one);
  expect(error).toMatchObject({ code: 'ECONNRESET' });
});
