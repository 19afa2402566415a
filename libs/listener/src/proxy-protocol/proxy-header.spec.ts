import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseProxyHeader } from './proxy-header.js';
import { proxyHeader } from './proxy-header.spec-support.js';

describe('parseProxyHeader', () => {
  it.each([
    ['192.0.2.7', 40000, '192.0.2.7'],
    ['2001:db8:0:0:0:0:0:1', 1, '2001:db8:0:0:0:0:0:1'],
    ['0:0:0:0:0:ffff:c000:207', 65535, '192.0.2.7'],
  ])('reads %s', (address, port, expected) => {
    const header = proxyHeader({ address, port });
    expect(parseProxyHeader(header)).toEqual({ length: header.length, source: { address: expected, port } });
  });

  it('reads a header with fields, and leaves what follows', () => {
    const header = proxyHeader({ address: '10.0.0.1', port: 5, fields: Buffer.from([4, 0, 2, 1, 1, 5, 0, 0]) });
    const bytes = Buffer.concat([header, Buffer.from('rest')]);
    expect(parseProxyHeader(bytes)).toEqual({ length: header.length, source: { address: '10.0.0.1', port: 5 } });
  });

  it('takes the connection of a health check as the balancer’s own', () => {
    expect(parseProxyHeader(proxyHeader({ command: 0 }))).toMatchObject({ source: undefined });
  });

  it('asks for more at every cut of a good header', () => {
    const header = proxyHeader({ address: '10.0.0.1', port: 5 });
    for (let length = 0; length < header.length; length++) {
      expect(parseProxyHeader(header.subarray(0, length))).toBe('incomplete');
    }
  });

  it.each([
    ['version 1 of the protocol', Buffer.from('PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n')],
    ['a TLS hello', Buffer.from([0x16, 3, 1, 0])],
    ['another version', proxyHeader({ version: 1 })],
    ['another command', proxyHeader({ command: 2 })],
    ['datagrams', proxyHeader({ address: '10.0.0.1', port: 5, transport: 2 })],
    ['an unknown family', proxyHeader({ family: 4 })],
    ['addresses cut short', proxyHeader({ family: 2, body: Buffer.alloc(12) })],
    ['a field beyond the end', proxyHeader({ address: '10.0.0.1', port: 5, fields: Buffer.from([4, 0, 9, 1]) })],
    ['a cut field', proxyHeader({ address: '10.0.0.1', port: 5, fields: Buffer.from([4, 0]) })],
    ['an endless header', proxyHeader({ address: '10.0.0.1', port: 5, fields: Buffer.alloc(6000) })],
  ])('refuses %s', (_, bytes) => {
    expect(parseProxyHeader(bytes)).toBe('malformed');
  });

  it('never throws, and never takes more than it was given', () => {
    const start = proxyHeader({ address: '10.0.0.1', port: 5 }).subarray(0, 12);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (random, signed) => {
        const bytes = signed ? Buffer.concat([start, random]) : Buffer.from(random);
        const header = parseProxyHeader(bytes);
        expect(typeof header === 'string' || header.length <= bytes.length).toBe(true);
      }),
    );
  });
});
