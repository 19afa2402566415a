import { describe, expect, it } from '@jest/globals';
import { isHubError } from '@mooring/errors';
import { newHeaders } from '@mooring/messages';
import fc from 'fast-check';
import rhea from 'rhea';
import { readTelemetry } from './read-telemetry.js';
import { addTelemetryProperties } from './telemetry-properties.js';

const recorded = rhea.message.encode({
  message_id: 'm',
  user_id: Buffer.from('u'),
  creation_time: new Date(0),
  message_annotations: { 'dt-subject': 's' },
  application_properties: { a: 1, b: 'two' },
  body: rhea.message.data_sections([rhea.message.encode({ body: 'inner' }), rhea.message.encode({ body: null })]),
} as never);

/** All that is done to the bytes of a delivery. */
function read(format: number, payload: Buffer): void {
  for (const message of readTelemetry({ format, payload })) {
    addTelemetryProperties(message, newHeaders());
    message.bodyBytes();
  }
}

describe('telemetry that is mutated', () => {
  it('is read, or refused with an error for clients', () => {
    const format = fc.constantFrom(0, 0x80013700, 7);
    const edits = fc.array(fc.tuple(fc.nat(recorded.length - 1), fc.nat(255)), { maxLength: 4 });
    const mutated = fc.tuple(edits, fc.nat(recorded.length)).map(([changes, cut]) => {
      const bytes = Buffer.from(recorded);
      for (const [at, value] of changes) {
        bytes[at] = value;
      }
      return cut % 3 === 0 ? bytes.subarray(0, cut) : bytes;
    });
    const bytes = fc.oneof(
      mutated,
      fc.uint8Array({ maxLength: 64 }).map((array) => Buffer.from(array)),
    );
    fc.assert(
      fc.property(format, bytes, (asFormat, payload) => {
        try {
          read(asFormat, payload);
        } catch (error) {
          expect(isHubError(error)).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('is whole as it was recorded', () => {
    const [message, ...others] = readTelemetry({ format: 0, payload: recorded });
    const headers = newHeaders();
    if (message !== undefined) {
      addTelemetryProperties(message, headers);
    }
    expect(others).toEqual([]);
    expect({ ...headers }).toEqual({
      'message-id': 'm',
      'user-id': 'u',
      'iothub-creation-time-utc': '1970-01-01T00:00:00.000Z',
      'dt-subject': 's',
      a: '1',
      b: 'two',
    });
    expect(readTelemetry({ format: 0x80013700, payload: recorded }).map((part) => String(part.bodyBytes()))).toEqual([
      'inner',
      '',
    ]);
  });
});
