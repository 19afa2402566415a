import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type RecordedTracing, recordedTracing } from '@mooring/observability/testing';
import { TELEMETRY, TestEdge, turn } from '../test-edge.spec-support.js';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SENT = `00-${TRACE_ID}-b7ad6b7169203331-01`;

let drawn: number;
let recorded: RecordedTracing;
let edge: TestEdge;
beforeEach(async () => {
  drawn = 0;
  recorded = recordedTracing({ ratio: 0.01, random: () => drawn });
  edge = await TestEdge.start({ tracing: recorded.tracing });
});
afterEach(() => edge.stop());

/** Publishes one message with these properties. @returns its headers */
async function publish(bag = '') {
  const client = await edge.connected();
  client.publish(TELEMETRY + bag, 'hello', 1);
  await client.acknowledgements(1);
  return edge.ingress.records[0]?.headers;
}

describe('a traced message', () => {
  it('has a span until it is durable, and the header of that', async () => {
    edge.ingress.automatic = false;
    const client = await edge.connected();
    client.publish(TELEMETRY, 'hello', 1);
    await turn();
    expect(recorded.spans).toEqual([]);
    edge.ingress.acknowledge();
    await client.acknowledgements(1);
    const [span] = recorded.spans;
    const { traceId, spanId } = span?.spanContext() ?? {};
    expect(edge.ingress.records[0]?.headers['traceparent']).toBe(`00-${traceId}-${spanId}-01`);
    expect(span?.attributes).toMatchObject({
      'messaging.destination.name': 'ingress',
      'messaging.message.body.size': 5,
      'network.protocol.name': 'mqtt',
      'mooring.device.id': 'd1',
    });
  });

  it('may be one of several that nobody acknowledges', async () => {
    const client = await edge.connected();
    client.publish(TELEMETRY, 'a');
    client.publish(TELEMETRY, 'b');
    client.publish(TELEMETRY, 'c', 7);
    expect(await client.acknowledgements(1)).toEqual([7]);
    expect(recorded.spans).toHaveLength(3);
  });

  it('says that it could not be stored', async () => {
    edge.ingress.automatic = false;
    const client = await edge.connected();
    client.publish(TELEMETRY, 'hello', 1);
    await turn();
    edge.ingress.fail();
    expect(recorded.spans[0]?.attributes['error.type']).toBe('Error');
  });

  it('continues the trace of its device', async () => {
    const headers = await publish(`traceparent=${SENT}&tracestate=vendor%3D1`);
    const [span] = recorded.spans;
    expect(span?.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
    expect(headers).toMatchObject({
      traceparent: `00-${TRACE_ID}-${span?.spanContext().spanId}-01`,
      tracestate: 'vendor=1',
      'property:traceparent': SENT,
    });
  });

  it.each(['$.diagid', '%24.diagid'])('continues the trace that %s names', async (key) => {
    await publish(`${key}=${SENT}`);
    expect(recorded.spans[0]?.spanContext().traceId).toBe(TRACE_ID);
  });

  it.each(['$.diagid=0x1234', `traceparent=${SENT}x`, `traceparent=&$.diagid=${SENT}`])(
    'begins a trace of its own beside what is none: %s',
    async (bag) => {
      await publish(bag);
      const [span] = recorded.spans;
      expect(span?.parentSpanContext).toBeUndefined();
      expect(span?.spanContext().traceId).not.toBe(TRACE_ID);
    },
  );
});

describe('a message that is not chosen', () => {
  beforeEach(() => {
    drawn = 0.01;
  });

  it('has neither span nor header', async () => {
    expect(Object.keys((await publish()) ?? {})).not.toContain('traceparent');
    expect(recorded.spans).toEqual([]);
  });

  it('is not recorded, whatever its device says', async () => {
    const headers = await publish(`traceparent=${SENT}`);
    expect(headers?.['traceparent']).toBe(SENT.replace(/1$/, '0'));
    expect(recorded.spans).toEqual([]);
  });
});

it('is without headers where nothing is traced', async () => {
  const plain = await TestEdge.start();
  const client = await plain.connected();
  client.publish(`${TELEMETRY}traceparent=${SENT}`, 'hello', 1);
  await client.acknowledgements(1);
  expect(Object.keys(plain.ingress.records[0]?.headers ?? {})).not.toContain('traceparent');
  await plain.stop();
});
