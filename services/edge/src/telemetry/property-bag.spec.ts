import { describe, expect, it } from '@jest/globals';
import { applicationPropertyName, newHeaders } from '@mooring/messages';
import fc from 'fast-check';
import { addPropertyBag } from './property-bag.js';

function parse(bag: string): Record<string, unknown> | undefined {
  const headers = newHeaders();
  return addPropertyBag(bag, headers) ? { ...headers } : undefined;
}

describe('addPropertyBag', () => {
  it('keeps system properties under their own headers, however the dollar is written', () => {
    const bag =
      '$.mid=m&%24.cid=c&%24.uid=u&$.to=%2Fx&$.ct=application%2Fjson&$.ce=utf-8&$.ctime=2026-01-01T00:00:00Z&$.on=o' +
      '&$.exp=2026-01-01T00%3A00%3A00Z&$.ifid=i&$.sub=s&$.schema=h&$.diagid=g&$.diagctx=x';
    expect(parse(bag)).toEqual({
      'message-id': 'm',
      'correlation-id': 'c',
      'user-id': 'u',
      to: '/x',
      'content-type': 'application/json',
      'content-encoding': 'utf-8',
      'absolute-expiry-time': '2026-01-01T00:00:00Z',
      'iothub-creation-time-utc': '2026-01-01T00:00:00Z',
      'iothub-outputname': 'o',
      'iothub-interface-id': 'i',
      'dt-subject': 's',
      'iothub-message-schema': 'h',
      'Diagnostic-Id': 'g',
      'Correlation-Context': 'x',
    });
  });

  it.each([
    ['', {}],
    ['a', { a: '' }],
    ['a=', { a: '' }],
    ['a=1&&b=2&', { a: '1', b: '2' }],
    ['a=1&a=2', { a: '2' }],
    ['a=b=c', { a: 'b=c' }],
    ['a+b=c+d', { 'a+b': 'c+d' }],
    ['%C3%A4=%E2%82%AC', { ä: '€' }],
    ['$.unknown=1&$.cdid=other&$.cmid=other', {}],
    ['iothub-ack=full', { 'iothub-ack': 'full' }],
    ['message-id=1', { 'property:message-id': '1' }],
    ['iothub-connection-device-id=other', { 'property:iothub-connection-device-id': 'other' }],
  ])('reads %s', (bag, expected) => {
    expect(parse(bag)).toEqual(expected);
  });

  it.each(['=1', 'a=%', 'a=%zz', '%ff=1', 'a=1&=2', '$.exp=soon'])('refuses %s', (bag) => {
    expect(parse(bag)).toBeUndefined();
  });

  it('gives back any properties, and never lets one pass for a stamp', () => {
    const key = fc.oneof(fc.string({ unit: 'grapheme', minLength: 1 }), fc.constantFrom('__proto__', 'toString', 'to'));
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.string({ unit: 'grapheme' }))), (pairs) => {
        const plain = pairs.filter(([name]) => !name.startsWith('$.'));
        const headers = newHeaders();
        const bag = plain.map((pair) => pair.map(encodeURIComponent).join('=')).join('&');
        expect(addPropertyBag(bag, headers)).toBe(true);
        const read = Object.keys(headers).map((header) => [applicationPropertyName(header), headers[header]]);
        expect(new Map(read as [string, string][])).toEqual(new Map(plain));
      }),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (bag) => void parse(bag)));
  });
});
