import { describe, expect, it } from '@jest/globals';
import type { StoredRecord } from '@mooring/event-log';
import { applicationPropertyHeader, newHeaders } from '@mooring/messages';
import fc from 'fast-check';
import rhea from 'rhea';
import { encodeEvent, encodePartitionEnd } from './event-encoder.js';

function record(headers: Record<string, string>, value = Buffer.from('x'), offset = 5): StoredRecord {
  const stored = newHeaders();
  for (const name of Object.keys(headers)) {
    stored[name] = Buffer.from(headers[name] ?? '');
  }
  return { topic: 't', partition: 0, offset, timestamp: 1_700_000_000_123, key: 'd', headers: stored as never, value };
}

describe('encodeEvent', () => {
  it('has each stamp under its name and type', () => {
    const message = rhea.message.decode(
      encodeEvent(
        record({
          'iothub-connection-device-id': 'd1',
          'iothub-enqueuedtime': '2026-05-04T03:02:01.500Z',
          'message-id': 'm',
          'user-id': 'hub',
          to: '/devices/d1/messages/events',
          'correlation-id': 'c',
          'content-type': 'application/json',
          'content-encoding': 'utf-8',
          'absolute-expiry-time': '2026-05-05T00:00:00Z',
          colour: 'red',
        }),
      ),
    );
    expect(message['message_annotations']).toEqual({
      'x-opt-sequence-number': 5,
      'x-opt-offset': '5',
      'x-opt-enqueued-time': new Date(1_700_000_000_123),
      'iothub-connection-device-id': 'd1',
      'iothub-enqueuedtime': new Date('2026-05-04T03:02:01.500Z'),
    });
    expect(message).toMatchObject({
      message_id: 'm',
      user_id: Buffer.from('hub'),
      to: '/devices/d1/messages/events',
      correlation_id: 'c',
      content_type: 'application/json',
      content_encoding: 'utf-8',
      absolute_expiry_time: new Date('2026-05-05T00:00:00Z'),
      application_properties: { colour: 'red' },
    });
  });

  it('writes no properties section where the device set none, and no null in place of a time that is none', () => {
    const plain = encodeEvent(record({ 'iothub-connection-device-id': 'd1' }));
    expect(plain.includes(Buffer.from([0, 0x53, 0x73]))).toBe(false);
    const odd = rhea.message.decode(
      encodeEvent(record({ 'absolute-expiry-time': 'soon', 'iothub-enqueuedtime': '?' })),
    );
    expect(odd['absolute_expiry_time']).toBeUndefined();
    expect(odd['message_annotations']).toMatchObject({ 'iothub-enqueuedtime': '?' });
  });

  it('gives back every property and every body, whatever their size', () => {
    const text = fc.string({ maxLength: 400 });
    const name = text.filter((value) => value !== '__proto__');
    fc.assert(
      fc.property(
        fc.dictionary(name, text, { maxKeys: 8 }),
        fc.uint8Array({ maxLength: 400 }),
        fc.maxSafeNat(),
        (properties, body, offset) => {
          const headers: Record<string, string> = {};
          for (const key of Object.keys(properties)) {
            headers[applicationPropertyHeader(key)] = properties[key] ?? '';
          }
          const message = rhea.message.decode(encodeEvent(record(headers, Buffer.from(body), offset)));
          expect(message['application_properties'] ?? {}).toEqual({ ...properties });
          expect((message['body'] as { content: Buffer }).content).toEqual(Buffer.from(body));
          expect(message['message_annotations']).toMatchObject({ 'x-opt-offset': String(offset) });
        },
      ),
    );
  });

  it('encodes a record once, however many read it', () => {
    const shared = record({});
    expect(encodeEvent(shared)).toBe(encodeEvent(shared));
  });
});

describe('encodePartitionEnd', () => {
  it('comes before the event as delivery annotations', () => {
    const end = encodePartitionEnd({ offset: 2 ** 40, timestamp: 1_000, lookedAt: 2_000 });
    const message = rhea.message.decode(Buffer.concat([end, encodeEvent(record({}))]));
    expect(message['delivery_annotations']).toEqual({
      last_enqueued_sequence_number: 2 ** 40,
      last_enqueued_offset: String(2 ** 40),
      last_enqueued_time_utc: new Date(1_000),
      runtime_info_retrieval_time_utc: new Date(2_000),
    });
  });
});
