import { describe, expect, it } from '@jest/globals';
import type { StoredRecord } from '@mooring/event-log';
import fc from 'fast-check';
import { applicationPropertyHeader, newHeaders } from './headers.js';
import { readMessage } from './hub-message.js';
import { ANNOTATION, PROPERTY } from './system-headers.js';

function record(headers: Record<string, string>): StoredRecord {
  const stored = Object.create(null) as Record<string, Buffer>;
  for (const name of Object.keys(headers)) {
    stored[name] = Buffer.from(headers[name] ?? '');
  }
  return { topic: 't', partition: 0, offset: 0, timestamp: 0, key: 'd', headers: stored, value: Buffer.from('x') };
}

describe('readMessage', () => {
  it('sorts headers into properties, annotations and application properties', () => {
    const message = record({ 'message-id': 'm1', 'iothub-connection-device-id': 'd1', colour: 'red' });
    expect(readMessage(message)).toEqual({
      properties: { messageId: 'm1' },
      annotations: new Map([['iothub-connection-device-id', 'd1']]),
      applicationProperties: new Map([['colour', 'red']]),
      body: Buffer.from('x'),
    });
  });

  it('gives back every application property under its own name, never as a stamp of the hub', () => {
    const name = fc.oneof(
      fc.string(),
      fc.constantFrom(
        ...Object.values(ANNOTATION),
        ...Object.values(PROPERTY),
        'property:x',
        '__proto__',
        'constructor',
      ),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string())), (properties) => {
        const headers = newHeaders();
        headers[ANNOTATION.deviceId] = 'real';
        for (const [key, value] of properties) {
          headers[applicationPropertyHeader(key)] = value;
        }
        const message = readMessage(record(headers as Record<string, string>));
        expect(message.annotations).toEqual(new Map([[ANNOTATION.deviceId, 'real']]));
        expect(message.properties).toEqual({});
        expect(message.applicationProperties).toEqual(new Map(properties));
      }),
    );
  });
});
