import { describe, expect, it } from '@jest/globals';
import { isHubError } from '@mooring/errors';
import { applicationPropertyName } from '@mooring/messages';
import fc from 'fast-check';
import { headerText, headerValue } from '../request/header-text.js';
import { readBatch } from './message-batch.js';
import { messageOf } from './telemetry-message.js';

/** What reading may throw. */
function orRefused<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (!isHubError(error) || error.status >= 500) {
      throw error;
    }
    return undefined;
  }
}

const name = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'to', 'message-id', 'property:to'),
  fc.string({ minLength: 1 }),
);

describe('headers', () => {
  it('give back any application properties, and never let one pass for a stamp', () => {
    const properties = fc.uniqueArray(fc.tuple(name, fc.string({ unit: 'grapheme' })), { selector: ([key]) => key });
    fc.assert(
      fc.property(properties, (pairs) => {
        const sent = pairs.map(([key, value]) => [key, headerValue(value)] as const);
        const carried = sent.filter(([, value]) => value !== undefined);
        const raw = carried.flatMap(([key, value]) => [`iothub-app-${key}`, value ?? '']);
        const message = messageOf(raw, Buffer.alloc(1));
        const read = Object.keys(message.properties).map((each) => [
          applicationPropertyName(each),
          message.properties[each],
        ]);
        const texts = new Map(pairs);
        expect(new Map(read as [string, string][])).toEqual(
          new Map(carried.map(([key]) => [key, texts.get(key) ?? ''])),
        );
      }),
    );
  });

  it('are read or refused, whatever they are', () => {
    const anyName = fc.oneof(
      fc.constantFrom('iothub-app-', 'iothub-expiry', 'IoTHub-MessageId', 'dt-subject'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(anyName, fc.string({ unit: 'binary' }))), (raw) => {
        orRefused(() => messageOf(raw, Buffer.alloc(0)));
      }),
    );
  });

  it('hold text as UTF-8, or as ISO 8859-1 where it is not', () => {
    expect(headerText('\xe9')).toBe('é');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const value = headerValue(text);
        expect(value === undefined ? text : headerText(value)).toBe(text);
        expect(value ?? '').toMatch(/^[\t\x20-\x7e\x80-\xff]*$/);
      }),
    );
  });
});

describe('a batch', () => {
  it('gives back what was written, whatever the bodies and properties', () => {
    const message = fc.record({ body: fc.uint8Array(), k: fc.string({ unit: 'grapheme' }) });
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 9 }), (messages) => {
        const json = messages.map(({ body, k }) => ({
          body: Buffer.from(body).toString('base64'),
          properties: { 'iothub-app-k': k },
        }));
        const read = readBatch(Buffer.from(JSON.stringify(json)));
        expect(read.map(({ body, properties }) => [[...body], properties['k']])).toEqual(
          messages.map(({ body, k }) => [[...body], k]),
        );
      }),
    );
  });

  it('is read or refused, whatever it is', () => {
    const member = fc.dictionary(fc.constantFrom('body', 'base64Encoded', 'properties', '__proto__'), fc.jsonValue());
    const json = fc.oneof(
      fc.json(),
      fc.array(member).map((batch) => JSON.stringify(batch)),
    );
    const bytes = fc.oneof(
      json.map((text) => Buffer.from(text)),
      fc.uint8Array().map((raw) => Buffer.from(raw)),
    );
    fc.assert(
      fc.property(bytes, (raw) => {
        orRefused(() => readBatch(raw));
      }),
    );
  });
});
