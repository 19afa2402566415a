import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { boundPipelining, MAX_WAITING_REQUESTS } from './pipelining.js';

const REQUEST = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

let server: Server;
let client: Socket;
let asked: ServerResponse[];
let onRequest: () => void;

beforeEach(async () => {
  asked = [];
  onRequest = () => undefined;
  server = createServer(
    boundPipelining((_request, response) => {
      asked.push(response);
      onRequest();
    }),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => undefined);
});
afterEach(() => {
  client.destroy();
  server.closeAllConnections();
  server.close();
});

/** Sends requests, and waits until as many have come to the front in all. */
async function ask(count: number, untilAsked: number): Promise<void> {
  const come = new Promise<void>((resolve) => {
    onRequest = () => asked.length === untilAsked && resolve();
  });
  client.write(REQUEST.repeat(count));
  await come;
}

it('closes a connection on which more is asked than may wait, and serves no more of it', async () => {
  const closed = once(client, 'close');
  client.write(REQUEST.repeat(MAX_WAITING_REQUESTS * 10));
  await closed;
  expect(asked).toHaveLength(MAX_WAITING_REQUESTS);
});

it('goes on with a connection whose requests are answered', async () => {
  client.resume();
  for (let round = 1; round <= 3; round++) {
    await ask(MAX_WAITING_REQUESTS, round * MAX_WAITING_REQUESTS);
    const last = asked.at(-1);
    const answered = last && once(last, 'close');
    for (const response of asked.slice((round - 1) * MAX_WAITING_REQUESTS)) {
      response.end();
    }
    await answered;
  }
  expect(client.destroyed).toBe(false);
});
