import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HubError } from '@mooring/errors';
import { type RecordedTracing, recordedTracing } from '@mooring/observability/testing';
import { type IdentityCalls, storedIdentity } from '../spec-support/fake-identity.js';
import { startApi, type TestApi, VERSION } from '../spec-support/test-api.js';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SENT = `00-${TRACE_ID}-b7ad6b7169203331-01`;

let drawn: number;
let calls: IdentityCalls;
let recorded: RecordedTracing;
let api: TestApi;
let server: Server;
beforeEach(async () => {
  drawn = 0;
  recorded = recordedTracing({ ratio: 0.01, random: () => drawn });
  const asked = () => {
    drawn = 0;
    recorded.tracing.outgoing({ name: 'asked', kind: 'client', attributes: {} })?.end();
  };
  calls = {
    getIdentity: async () => {
      asked();
      return { identity: storedIdentity('d1') };
    },
    putIdentity: async () => {
      asked();
      throw new HubError('ServiceUnavailable', 'away');
    },
  };
  api = await startApi(calls, { tracing: recorded.tracing });
  server = createServer(api.front);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await api.close();
});

/** One request, over a socket, so that its body comes by events of that. @returns its status */
async function request(init: RequestInit = {}): Promise<number> {
  const { port } = server.address() as AddressInfo;
  const headers = { authorization: api.token('iothubowner'), 'content-type': 'application/json', ...init.headers };
  const answer = await fetch(`http://127.0.0.1:${port}/devices/d1?${VERSION}`, { ...init, headers });
  await answer.text();
  return answer.status;
}

describe('the span of a request', () => {
  it('tells its route and status, and neither path nor query', async () => {
    expect(await request()).toBe(200);
    const [, span] = recorded.spans;
    expect(span?.name).toBe('GET /devices/:deviceId');
    expect(span?.attributes).toEqual({
      'http.request.method': 'GET',
      'http.route': '/devices/:deviceId',
      'http.response.status_code': 200,
      'url.scheme': 'http',
    });
  });

  it('has what is asked of others in it, also once a body was read, and says that it failed', async () => {
    expect(await request({ method: 'PUT', body: JSON.stringify({ deviceId: 'd1' }) })).toBe(503);
    const [asked, span] = recorded.spans;
    expect(asked?.name).toBe('asked');
    expect(asked?.parentSpanContext?.spanId).toBe(span?.spanContext().spanId);
    expect(span?.attributes['error.type']).toBe('503');
  });

  it('is there for a request that is refused', async () => {
    expect(await request({ headers: { authorization: 'nonsense' } })).toBe(401);
    expect(recorded.spans[0]?.attributes['http.response.status_code']).toBe(401);
  });

  it.each([
    ['continues the trace of its client', SENT, TRACE_ID],
    ['begins a trace beside what is none', 'nonsense', undefined],
  ])('%s', async (_, traceparent, traceId) => {
    await request({ headers: { traceparent } });
    const parent = recorded.spans[1]?.parentSpanContext;
    expect(parent?.traceId).toBe(traceId);
  });

  it('is none where it was not chosen, whatever its client says; nor is one of what is asked of others', async () => {
    drawn = 0.01;
    expect(await request({ headers: { traceparent: SENT } })).toBe(200);
    expect(recorded.spans).toEqual([]);
  });
});
