import { describe, expect, it } from '@jest/globals';
import { recordedTracing } from '@mooring/observability/testing';
import type { RpcCall } from './interceptor.js';
import { tracedAnswers, tracedCalls } from './tracing.js';

const newCall = (): RpcCall => ({ service: 'mooring.identity.v1.IdentityService', method: 'GetIdentity', headers: {} });

describe('the spans of calls', () => {
  it('are one trace at client and server', async () => {
    const client = recordedTracing();
    const server = recordedTracing({ ratio: 0 });
    const call = newCall();
    const answer = await tracedCalls(client.tracing)(call, () =>
      tracedAnswers(server.tracing)({ ...call, headers: { ...call.headers } }, async () => 'answer'),
    );
    expect(answer).toBe('answer');
    const [calling] = client.spans;
    const [serving] = server.spans;
    expect(calling?.name).toBe('mooring.identity.v1.IdentityService/GetIdentity');
    expect(serving?.parentSpanContext?.spanId).toBe(calling?.spanContext().spanId);
    expect(serving?.spanContext().traceId).toBe(calling?.spanContext().traceId);
  });

  it('are none, in either, where the trace was not chosen', async () => {
    const client = recordedTracing({ ratio: 0 });
    const server = recordedTracing({ ratio: 1 });
    const call = newCall();
    await tracedCalls(client.tracing)(call, async () => undefined);
    expect(call.headers).toEqual({});
    // Nor are those of what the server asks of others on its behalf.
    const next = newCall();
    await tracedAnswers(server.tracing)(call, () => tracedCalls(server.tracing)(next, async () => undefined));
    expect(next.headers).toEqual({});
    expect([...client.spans, ...server.spans]).toEqual([]);
  });
});
