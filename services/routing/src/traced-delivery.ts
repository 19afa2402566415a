import type { StoredRecord } from '@mooring/event-log';
import type { Span, Tracing } from '@mooring/observability';
import type { Endpoint } from './domain/endpoint.js';

export interface DeliverySpans {
  readonly tracing: Tracing;
  /** Consumer group of the endpoint. */
  readonly group: string;
}

/**
 * Delivers, with a span for each message whose trace is recorded: routing decides about each by itself, so each goes on in
 * its own trace, though they are read and appended together. A message is passed on with the context that it came with, which
 * is that of its creation.
 */
export async function deliverTraced(
  endpoint: Endpoint,
  records: readonly StoredRecord[],
  { tracing, group }: DeliverySpans,
): Promise<void> {
  const spans: Span[] = [];
  for (const record of records) {
    const creation = tracing.received(record.headers);
    if (creation !== undefined) {
      spans.push(
        tracing.start(
          { name: `process ${record.topic}`, kind: 'consumer', attributes: attributesOf(record, endpoint, group) },
          creation,
        ),
      );
    }
  }
  try {
    await endpoint.deliver(records);
  } catch (error) {
    for (const span of spans) {
      tracing.fail(span, error);
    }
    throw error;
  } finally {
    for (const span of spans) {
      span.end();
    }
  }
}

function attributesOf({ topic, partition, offset, value }: StoredRecord, { name }: Endpoint, group: string) {
  return {
    'messaging.system': 'mooring',
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.destination.name': topic,
    'messaging.destination.partition.id': String(partition),
    'messaging.consumer.group.name': group,
    'messaging.message.body.size': value.length,
    'mooring.log.offset': offset,
    'mooring.endpoint.name': name,
  };
}
