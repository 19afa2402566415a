import { describe, expect, it } from '@jest/globals';
import type { StoredRecord } from '@mooring/event-log';
import { recordedTracing } from '@mooring/observability/testing';
import { deliverTraced } from './traced-delivery.js';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';

function record(offset: number, traceParent?: string): StoredRecord {
  const headers = traceParent === undefined ? {} : { traceparent: Buffer.from(traceParent) };
  return { topic: 'ingress', partition: 3, offset, timestamp: 0, key: 'd', headers, value: Buffer.alloc(5) };
}
const records = [
  record(1),
  record(2, `00-${TRACE_ID}-${SPAN_ID}-01`),
  record(3, `00-${TRACE_ID}-${SPAN_ID}-00`),
  record(4, 'nonsense'),
];

describe('deliverTraced', () => {
  it('makes a span for each message whose trace is recorded, in that trace, and passes all on unchanged', async () => {
    const recorded = recordedTracing({ ratio: 0 });
    const delivered: StoredRecord[] = [];
    const endpoint = { name: 'events', deliver: async (some: readonly StoredRecord[]) => void delivered.push(...some) };
    await deliverTraced(endpoint, records, { tracing: recorded.tracing, group: 'g' });
    expect(delivered).toEqual(records);
    expect(recorded.spans).toHaveLength(1);
    const [span] = recorded.spans;
    expect(span?.spanContext().traceId).toBe(TRACE_ID);
    expect(span?.parentSpanContext?.spanId).toBe(SPAN_ID);
    expect(span?.attributes).toMatchObject({ 'mooring.log.offset': 2, 'messaging.consumer.group.name': 'g' });
  });

  it('tells of an endpoint that fails', async () => {
    const recorded = recordedTracing();
    const endpoint = { name: 'events', deliver: () => Promise.reject(new TypeError('away')) };
    const delivery = deliverTraced(endpoint, records, { tracing: recorded.tracing, group: 'g' });
    await expect(delivery).rejects.toThrow('away');
    expect(recorded.spans[0]?.attributes['error.type']).toBe('TypeError');
  });
});
