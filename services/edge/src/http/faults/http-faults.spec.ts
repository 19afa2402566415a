import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type AskedFault, faultProperties } from '../../fault-injection/faults.spec-support.js';
import { token } from '../../mqtt-client.spec-support.js';
import { until } from '../../test-edge.spec-support.js';
import { errorOf, HttpEdge } from '../http-edge.spec-support.js';

const EVENTS = '/devices/d1/messages/events';

function headersOf(fault: AskedFault): Record<string, string> {
  return Object.fromEntries(
    Object.entries(faultProperties(fault)).map(([name, value]) => [`iothub-app-${name}`, value]),
  );
}

describe('faults over HTTP', () => {
  let edge: HttpEdge;
  beforeEach(async () => {
    edge = await HttpEdge.start({ settings: { faultInjection: true } });
  });
  afterEach(() => edge.stop());

  it.each([
    ['InvokeThrottling', [429, 'ThrottlingException']],
    ['InvokeMaxMessageQuota', [403, 'IotHubQuotaExceeded']],
    ['InvokeAuthError', [401, 'IotHubUnauthorized']],
  ] as const)('%s refuses what is sent while it lasts', async (type, refusal) => {
    const headers = headersOf({ type, duration: 5 });
    expect((await edge.send(EVENTS, { headers })).status).toBe(204);
    expect(errorOf(await edge.send(EVENTS))).toEqual(refusal);
    const authorization = token('d2');
    expect((await edge.send('/devices/d2/messages/events', { authorization })).status).toBe(204);
    edge.test.clock.advance(5_000);
    expect((await edge.send(EVENTS)).status).toBe(204);
    expect(edge.test.ingress.records).toHaveLength(3);
  });

  it('reads them in a batch too', async () => {
    const properties = headersOf({ type: 'InvokeThrottling', duration: 5 });
    const answer = await edge.send(EVENTS, {
      headers: { 'content-type': 'application/vnd.microsoft.iothub.json' },
      body: JSON.stringify([{ body: '' }, { body: '', properties }]),
    });
    expect(answer.status).toBe(204);
    expect(errorOf(await edge.send(EVENTS))).toEqual([429, 'ThrottlingException']);
  });

  it('KillTcp ends a connection that its client has kept, once it is answered', async () => {
    const socket = connect(edge.port, '127.0.0.1');
    const headers = { ...headersOf({ type: 'KillTcp', delay: 1 }), authorization: token('d1'), 'content-length': '0' };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    socket.write(`POST ${EVENTS} HTTP/1.1\r\nhost: h\r\n${lines.join('\r\n')}\r\n\r\n`);
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1.1 204 /);
    let isClosed = false;
    socket.on('error', () => undefined);
    socket.once('close', () => {
      isClosed = true;
    });
    // The answer may be read before the fault is armed, which then waits from there.
    await until(() => {
      edge.test.clock.advance(1_000);
      return isClosed;
    });
  });
});

it('are ordinary properties where they are off', async () => {
  const edge = await HttpEdge.start();
  expect((await edge.send(EVENTS, { headers: headersOf({ type: 'InvokeThrottling', duration: 5 }) })).status).toBe(204);
  expect((await edge.send(EVENTS)).status).toBe(204);
  expect(edge.test.ingress.records[0]?.headers).toMatchObject({ AzIoTHub_FaultOperationType: 'InvokeThrottling' });
  await edge.stop();
});
