import { describe, expect, it } from '@jest/globals';
import { isHubError } from '@mooring/errors';
import { c2dqueue } from '@mooring/proto';
import fc from 'fast-check';
import { acceptable } from './message-rules.js';

const NOW = 1_000_000;
const TIMES = { now: NOW, timeToLiveMs: 3_600_000 };
const TWO_DAYS_MS = 172_800_000;

function refusal(message: Partial<c2dqueue.Message>): string {
  try {
    acceptable(c2dqueue.Message.fromPartial(message), TIMES);
    return 'ok';
  } catch (error) {
    return isHubError(error) ? error.error : `${error}`;
  }
}

function properties(...pairs: readonly (readonly [string, string])[]): c2dqueue.Property[] {
  return pairs.map(([name, value]) => ({ name, value }));
}

describe('a message of a back end', () => {
  it.each<[string, Partial<c2dqueue.Message>, string]>([
    ['nothing at all', {}, 'ok'],
    ['an expiry now', { expiryTimeMs: NOW }, 'ArgumentInvalid'],
    ['an expiry soon', { expiryTimeMs: NOW + 1 }, 'ok'],
    ['an expiry in two days', { expiryTimeMs: NOW + TWO_DAYS_MS }, 'ok'],
    ['an expiry later', { expiryTimeMs: NOW + TWO_DAYS_MS + 1 }, 'ArgumentInvalid'],
    ['an expiry that is no number', { expiryTimeMs: Number.NaN }, 'ArgumentInvalid'],
    ['a negative expiry', { expiryTimeMs: -1 }, 'ArgumentInvalid'],
    ['an unknown acknowledgement', { ack: 9 as c2dqueue.Ack }, 'ArgumentInvalid'],
    ['the longest id', { messageId: 'x'.repeat(128) }, 'ok'],
    ['a longer id', { messageId: 'x'.repeat(129) }, 'ArgumentInvalid'],
    ['the greatest size', { body: Buffer.alloc(65_536) }, 'ok'],
    ['a greater size', { body: Buffer.alloc(65_530), correlationId: 'xxxxxxx' }, 'MessageTooLarge'],
    ['properties beyond it', { body: Buffer.alloc(65_530), properties: properties(['abc', 'üüü']) }, 'MessageTooLarge'],
    ['properties too long for a topic', { properties: properties(['a', ' '.repeat(11_000)]) }, 'MessageTooLarge'],
    ['a property without a name', { properties: properties(['', 'v']) }, 'ArgumentInvalid'],
    ['a property named as one of the hub', { properties: properties(['$.mid', 'v']) }, 'ArgumentInvalid'],
    ['two properties of one name', { properties: properties(['a', '1'], ['a', '2']) }, 'ArgumentInvalid'],
    ['a line break in a value', { properties: properties(['a', 'x\r\nb: c']) }, 'ArgumentInvalid'],
    ['a line break in a content type', { contentType: 'x\ny' }, 'ArgumentInvalid'],
    ['an empty value', { properties: properties(['a', '']) }, 'ok'],
  ])('with %s', (_what, message, expected) => {
    expect(refusal(message)).toBe(expected);
  });

  it('has too many properties', () => {
    const many = Array.from({ length: 101 }, (_, index) => [`p${index}`, ''] as const);
    expect(refusal({ properties: properties(...many) })).toBe('ArgumentInvalid');
  });

  it('expires after the time to live of the hub unless it says otherwise', () => {
    const given = c2dqueue.Message.fromPartial({});
    expect(acceptable(given, TIMES).message.expiryTimeMs).toBe(NOW + TIMES.timeToLiveMs);
  });

  it('is refused or taken, never something else', () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 });
    const message = fc.record({
      messageId: text,
      correlationId: text,
      userId: text,
      contentType: text,
      contentEncoding: text,
      expiryTimeMs: fc.double(),
      ack: fc.integer({ min: -1, max: 6 }),
      properties: fc.array(fc.record({ name: text, value: text }), { maxLength: 5 }),
      body: fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
    });
    fc.assert(
      fc.property(message, (given) => {
        expect(['ok', 'ArgumentInvalid', 'MessageTooLarge']).toContain(refusal(given as Partial<c2dqueue.Message>));
      }),
    );
  });
});
