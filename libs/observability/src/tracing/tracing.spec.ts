import { describe, expect, it } from '@jest/globals';
import { HubError } from '@mooring/errors';
import { SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { recordedTracing } from '../testing/recorded-tracing.js';
import type { TraceHeaders } from './trace-headers.js';
import type { SpanDescription } from './tracing.js';

const SENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const CALL: SpanDescription = { name: 'call', kind: 'client', attributes: { 'rpc.method': 'Get' } };

describe('Tracing', () => {
  it.each([
    ['records', 0.099, true],
    ['does not record', 0.1, false],
  ])('%s by chance', (_, drawn, recorded) => {
    const { tracing } = recordedTracing({ ratio: 0.1, random: () => drawn });
    expect(tracing.chosen()).toBe(recorded);
    expect(tracing.outgoing(CALL) !== undefined).toBe(recorded);
  });

  it('records nothing at 0, everything at 1', () => {
    const almostOne = 1 - Number.EPSILON / 2;
    expect(recordedTracing({ ratio: 0, random: () => 0 }).tracing.chosen()).toBe(false);
    expect(recordedTracing({ ratio: 1, random: () => almostOne }).tracing.chosen()).toBe(true);
  });

  it('takes no sampling flag from outside', () => {
    const { tracing } = recordedTracing();
    expect(tracing.sender(SENT, 'vendor=1')).toMatchObject({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      traceFlags: TraceFlags.NONE,
    });
    expect(tracing.sender('anything')).toBeUndefined();
  });

  it('continues a trace from outside, with its state, once it was chosen', () => {
    const { tracing } = recordedTracing();
    const headers: TraceHeaders = {};
    const span = tracing.start({ ...CALL, kind: 'server' }, tracing.sender(SENT, 'vendor=1'));
    tracing.write(span.spanContext(), headers);
    const { spanId } = span.spanContext();
    expect(headers).toEqual({
      traceparent: `00-0af7651916cd43dd8448eb211c80319c-${spanId}-01`,
      tracestate: 'vendor=1',
    });
    expect(spanId).not.toBe('b7ad6b7169203331');
  });

  it('follows what the hub has written, if that is sampled', () => {
    const { tracing } = recordedTracing({ ratio: 0 });
    expect(tracing.received({ traceparent: Buffer.from(SENT) })).toMatchObject({ spanId: 'b7ad6b7169203331' });
    expect(tracing.received({ traceparent: SENT.replace(/1$/, '0') })).toBeUndefined();
    expect(tracing.received({})).toBeUndefined();
  });

  it('makes what is asked of others part of what it is asked for', async () => {
    const recorded = recordedTracing({ ratio: 0 });
    const { tracing } = recorded;
    const outer = tracing.start({ ...CALL, name: 'outer', kind: 'server' });
    await tracing.during(outer, async () => {
      await Promise.resolve();
      tracing.outgoing(CALL)?.end();
    });
    const [inner, ended] = recorded.spans;
    expect(inner?.parentSpanContext?.spanId).toBe(ended?.spanContext().spanId);
    expect(ended?.name).toBe('outer');
  });

  it('begins no trace within one that is not recorded', () => {
    const { tracing } = recordedTracing({ ratio: 1 });
    expect(tracing.within(undefined, () => tracing.outgoing(CALL))).toBeUndefined();
  });

  it.each([
    [new HubError('DeviceNotFound', 'secret'), 'DeviceNotFound'],
    [Object.assign(new Error('secret'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    [new TypeError('secret'), 'TypeError'],
    ['a string', 'a string'],
    [7, 'number'],
  ])('says of an error what kind it is and no more: %s', async (error, kind) => {
    const recorded = recordedTracing();
    const failing = recorded.tracing.during(recorded.tracing.start(CALL), () => Promise.reject(error));
    await expect(failing).rejects.toBe(error);
    const [span] = recorded.spans;
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(span?.attributes['error.type']).toBe(kind);
    expect(span?.events).toEqual([]);
  });
});
