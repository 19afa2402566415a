import { describe, expect, it } from '@jest/globals';
import { c2dqueue } from '@mooring/proto';
import fc from 'fast-check';
import { c2dMessageFrom } from './c2d-message.js';

const BODY = Buffer.from([0, 255]);
const from = (headers: Readonly<Record<string, string>>) => c2dMessageFrom(Object.entries(headers).flat(), BODY);

describe('c2dMessageFrom', () => {
  it('reads every property, whatever the case of its header', () => {
    const message = from({
      'IoTHub-MessageId': 'm',
      'iothub-correlationid': 'c',
      'iothub-userid': 'u',
      'IOTHUB-CONTENTTYPE': 'text/plain',
      'iothub-contentencoding': 'utf-8',
      'iothub-expiry': '2026-05-04T10:00:00Z',
      'iothub-ack': 'Full',
      'iothub-app-Some Name': 'ä',
      'IoTHub-App-b': '',
      'iothub-to': 'ignored',
      host: 'ignored',
    });
    expect(message).toEqual({
      messageId: 'm',
      correlationId: 'c',
      userId: 'u',
      contentType: 'text/plain',
      contentEncoding: 'utf-8',
      expiryTimeMs: Date.UTC(2026, 4, 4, 10),
      ack: c2dqueue.Ack.FULL,
      properties: [
        { name: 'Some Name', value: 'ä' },
        { name: 'b', value: '' },
      ],
      body: BODY,
    });
  });

  it('sets nothing that the sender has not set', () => {
    expect(from({ 'content-type': 'application/octet-stream' })).toEqual(c2dqueue.Message.fromPartial({ body: BODY }));
    expect(from({ ContentType: 'a/b' }).contentType).toBe('a/b');
  });

  it.each([
    ['2026-05-04T10:00:00', Date.UTC(2026, 4, 4, 10)],
    ['2026-05-04T10:00:00.1234567Z', Date.UTC(2026, 4, 4, 10, 0, 0, 123)],
    ['2026-05-04T10:00:00+02:00', Date.UTC(2026, 4, 4, 8)],
  ])('reads the expiry %s', (text, time) => {
    expect(from({ 'iothub-expiry': text }).expiryTimeMs).toBe(time);
  });

  it.each([
    { 'iothub-expiry': 'tomorrow' },
    { 'iothub-expiry': '2026-13-04T10:00:00Z' },
    { 'iothub-expiry': '1970-01-01T00:00:00Z' },
    { 'iothub-expiry': '0001-01-01T00:00:00Z' },
    { 'iothub-ack': 'maybe' },
    { 'iothub-ack': '__proto__' },
  ])('refuses %j', (headers) => {
    expect(() => from(headers)).toThrow(expect.objectContaining({ code: 400004 }));
  });

  it('refuses a body that is too large', () => {
    expect(() => c2dMessageFrom([], Buffer.alloc(65_537))).toThrow(expect.objectContaining({ code: 413001 }));
  });

  it('takes any headers, or says what is wrong; properties of UTF-8 as they were meant', () => {
    const name = fc.oneof(fc.constantFrom('iothub-ack', 'iothub-expiry', 'iothub-app-', 'iothub-app-k'), fc.string());
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string({ unit: 'binary' }))), (headers) => {
        const raw = headers.flatMap(([header, value]) => [header, Buffer.from(value).toString('latin1')]);
        try {
          const { properties } = c2dMessageFrom(raw, BODY);
          const sent = headers.filter(([header]) => /^iothub-app-./is.test(header));
          expect(properties.map(({ value }) => value)).toEqual(sent.map(([, value]) => value));
        } catch (error) {
          expect(error).toMatchObject({ code: 400004 });
        }
      }),
    );
  });
});
