import { createHash, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Issued, issue } from './test-certificates.js';
import { certificateThumbprints, normaliseThumbprint, thumbprintMatches } from './thumbprint.js';

describe('normaliseThumbprint', () => {
  it('takes 40 or 64 hexadecimal digits, whatever their case and colons', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 20, maxLength: 20 }),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
    );
    fc.assert(
      fc.property(bytes, (value) => {
        const hex = Buffer.from(value).toString('hex');
        const pairs = hex.match(/../g)?.join(':') ?? '';
        expect(normaliseThumbprint(hex)).toBe(hex.toUpperCase());
        expect(normaliseThumbprint(pairs)).toBe(hex.toUpperCase());
      }),
    );
  });

  it.each(['', 'ab', 'g'.repeat(40), 'a'.repeat(39), 'a'.repeat(41), ` ${'a'.repeat(40)}`, ':'.repeat(100)])(
    'refuses %j',
    (text) => {
      expect(normaliseThumbprint(text)).toBeUndefined();
    },
  );
});

describe('thumbprintMatches', () => {
  let device: Issued;
  let other: Issued;
  beforeAll(async () => {
    [device, other] = await Promise.all([issue({ subject: 'CN=d1' }), issue({ subject: 'CN=d2' })]);
  });

  it('matches either hash, primary or secondary, and no other certificate', () => {
    const presented = certificateThumbprints(device.der);
    const { fingerprint, fingerprint256 } = new X509Certificate(device.der);
    expect(thumbprintMatches(presented, [fingerprint])).toBe(true);
    expect(thumbprintMatches(presented, ['', fingerprint256.toLowerCase()])).toBe(true);
    expect(thumbprintMatches(certificateThumbprints(other.der), [fingerprint, fingerprint256])).toBe(false);
    expect(thumbprintMatches(presented, [])).toBe(false);
    expect(thumbprintMatches(presented, ['', ''])).toBe(false);
  });

  it('does not take the SHA-256 of something else that begins with the SHA-1', () => {
    const presented = certificateThumbprints(device.der);
    const sha1 = createHash('sha1').update(device.der).digest('hex');
    expect(thumbprintMatches(presented, [sha1.padEnd(64, '0')])).toBe(false);
  });
});
