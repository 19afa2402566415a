import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import { requireOneReading } from './client-error.js';

const REQUEST = 'GET /served HTTP/1.1\r\nHost: x\r\n\r\n';

let server: Server;
let served: (string | undefined)[];
let accepted: Promise<Socket>;
let client: Socket;

beforeEach(async () => {
  served = [];
  const front = requireOneReading((request, response) => {
    served.push(request.url);
    response.end();
  }, new ManualClock());
  server = createServer({ requireHostHeader: false }, front);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  accepted = once(server, 'connection').then(([socket]) => socket as Socket);
  // One that never closes its side.
  client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
  client.on('error', () => undefined);
  client.setEncoding('utf8');
});
afterEach(() => {
  client.destroy();
  server.closeAllConnections();
  server.close();
});

it.each([
  ['no host', 'GET /refused HTTP/1.1\r\n\r\n'],
  ['two hosts', 'GET /refused HTTP/1.1\r\nHost: x\r\nhost: y\r\n\r\n'],
  ['two tokens', 'GET /refused HTTP/1.1\r\nHost: x\r\nAuthorization: a\r\nauthorization: a\r\n\r\n'],
])('serves nothing behind a request with %s, and ends its connection', async (_, refused) => {
  const closed = accepted.then((socket) => once(socket, 'close'));
  client.write(REQUEST + refused + REQUEST);
  let answers = '';
  for await (const chunk of client) {
    answers += chunk;
  }
  await closed;
  expect(served).toEqual(['/served']);
  expect(answers.match(/^HTTP\/1.1 .../gm)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
});
