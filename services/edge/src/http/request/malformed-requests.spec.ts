import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { token } from '../../mqtt-client.spec-support.js';
import { until } from '../../test-edge.spec-support.js';
import { errorOf, HttpEdge, parseAnswer } from '../http-edge.spec-support.js';

const EVENTS = '/devices/d1/messages/events';
const AUTH = `Authorization: ${token('d1')}\r\n`;
const HEAD = `POST ${EVENTS} HTTP/1.1\r\nHost: x\r\n${AUTH}`;

let edge: HttpEdge;
beforeEach(async () => {
  edge = await HttpEdge.start();
});
afterEach(() => edge.stop());

const records = () => edge.test.ingress.records;

describe('a request that is malformed is answered once, in the form of all errors, and is no message', () => {
  it.each([
    ['two lengths', `${HEAD}Content-Length: 1\r\nContent-Length: 2\r\n\r\nx`, 400, 'ArgumentInvalid'],
    ['the same length twice', `${HEAD}Content-Length: 1\r\nContent-Length: 1\r\n\r\nx`, 400, 'ArgumentInvalid'],
    [
      'a length and chunks',
      `${HEAD}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
      'ArgumentInvalid',
    ],
    [
      'chunks that are coded again',
      `${HEAD}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
      400,
      'ArgumentInvalid',
    ],
    ['a length that is none', `${HEAD}Content-Length: -1\r\n\r\n`, 400, 'ArgumentInvalid'],
    ['a length beyond all numbers', `${HEAD}Content-Length: 99999999999999999999\r\n\r\n`, 400, 'ArgumentInvalid'],
    ['a chunk whose length is none', `${HEAD}Transfer-Encoding: chunked\r\n\r\nz\r\nx\r\n`, 400, 'ArgumentInvalid'],
    ['a space before a colon', `${HEAD}Content-Length : 1\r\n\r\nx`, 400, 'ArgumentInvalid'],
    ['a folded header', `${HEAD}X: a\r\n b\r\nContent-Length: 0\r\n\r\n`, 400, 'ArgumentInvalid'],
    ['a line feed alone', `${HEAD}X: a\nContent-Length: 0\r\n\r\n`, 400, 'ArgumentInvalid'],
    ['a NUL in a header', `${HEAD}X: a\0b\r\nContent-Length: 0\r\n\r\n`, 400, 'ArgumentInvalid'],
    ['another protocol', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 'ArgumentInvalid'],
    ['nothing of HTTP', '\x16\x03\x01\x02\x00\x01\x00\r\n\r\n', 400, 'ArgumentInvalid'],
    ['headers without an end', `${HEAD}${'a: b\r\n'.repeat(10_000)}`, 431, 'ArgumentInvalid'],
    ['a header without an end', `${HEAD}a: ${'b'.repeat(100_000)}`, 431, 'ArgumentInvalid'],
    ['a path without an end', `POST /devices/${'d'.repeat(100_000)}`, 431, 'ArgumentInvalid'],
    [
      'chunks with extensions without an end',
      `${HEAD}Transfer-Encoding: chunked\r\n\r\n1;${'e'.repeat(100_000)}\r\nx\r\n0\r\n\r\n`,
      413,
      'MessageTooLarge',
    ],
    ['a second Authorization', `${HEAD}${AUTH}Connection: close\r\n\r\n`, 400, 'ArgumentInvalid'],
    [
      'a media type that is none',
      `${HEAD}Connection: close\r\nContent-Type: ?\r\nContent-Length: 1\r\n\r\nx`,
      415,
      'UnsupportedMediaType',
    ],
  ])('with %s', async (_, bytes, status, error) => {
    const text = await edge.raw(bytes);
    expect(text.match(/HTTP\/1\.1 \d+/g)).toHaveLength(1);
    const answer = parseAnswer(text);
    expect(errorOf(answer)).toEqual([status, error]);
    expect(answer.headers).toMatchObject({ connection: 'close', 'content-type': 'application/json; charset=utf-8' });
    expect(answer.headers['x-ms-request-id']).toMatch(/^[0-9A-F]{32}$/);
    expect(records()).toEqual([]);
  });

  it('and what is behind it on the connection is none either', async () => {
    const next = `POST ${EVENTS} HTTP/1.1\r\nHost: x\r\n${AUTH}Content-Length: 1\r\n\r\ny`;
    const text = await edge.raw(`${HEAD}Content-Length: 2\r\nContent-Length: 1\r\n\r\nx${next}`);
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400']);
    expect(records()).toEqual([]);
  });

  it('and a request before it has its own answer', async () => {
    edge.test.ingress.automatic = false;
    const socket = connect(edge.port, '127.0.0.1');
    socket.write(`${HEAD}Content-Length: 1\r\n\r\nx`);
    await until(() => records().length === 1);
    edge.test.ingress.acknowledge();
    const [first] = await once(socket, 'data');
    expect(String(first)).toMatch(/^HTTP\/1\.1 204 /);
    socket.write('nonsense\r\n\r\n');
    const [second] = await once(socket, 'data');
    expect(errorOf(parseAnswer(String(second)))).toEqual([400, 'ArgumentInvalid']);
  });
});

describe('a body', () => {
  it('without an end is refused at its bound, and the rest of it is not read', async () => {
    const socket = connect(edge.port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.on('error', () => undefined).on('close', resolve));
    socket.resume();
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
    const flood = setInterval(() => socket.write(chunk), 1);
    await closed;
    clearInterval(flood);
    // The client may learn no more than that its connection is closed, as it still sends.
    const refused = 'mooring_edge_http_requests_total{operation="telemetry",status="413"}';
    await until(async () => (await edge.test.metric(refused)).endsWith(' 1'));
    expect(socket.bytesWritten).toBeLessThan(64 * 1024 * 1024);
    expect(records()).toEqual([]);
  });

  it('that is announced as too long is refused before it is sent', async () => {
    const answer = await edge.raw(`${HEAD}Connection: close\r\nContent-Length: 1000000000\r\n\r\n`);
    expect(errorOf(parseAnswer(answer))).toEqual([413, 'MessageTooLarge']);
  });

  it('that does not come holds nothing back from others', async () => {
    const sockets = Array.from({ length: 16 }, () => connect(edge.port, '127.0.0.1'));
    for (const socket of sockets) {
      socket.write(`${HEAD}Content-Length: 1\r\n\r\n`);
    }
    const inProgress = 'mooring_edge_http_requests_in_progress';
    await until(async () => (await edge.test.metric(inProgress)).endsWith(' 16'));
    const other = await edge.send('/devices/d2/messages/events', { authorization: token('d2') });
    expect(other.status).toBe(204);
    for (const socket of sockets) {
      socket.destroy();
    }
    await until(async () => (await edge.send(EVENTS)).status === 204);
  });
});
