import 'reflect-metadata';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { HubError } from '@mooring/errors';
import { ExtendedKeyUsage, Extension, KeyUsageFlags } from '@peculiar/x509';
import fc from 'fast-check';
import { type CertificateAuthority, parseCertificateAuthority } from './certificate-authority.js';
import { type ChainVerification, MAX_CHAIN_LENGTH, verifyDeviceChain } from './device-chain.js';
import { type CertificateRequest, type Issued, issue, NOW } from './test-certificates.js';

const HOUR_MS = 3_600_000;

let root: Issued;
let middle: Issued;
let device: Issued;
let authority: CertificateAuthority;

beforeAll(async () => {
  root = await issue({ subject: 'CN=Root', ca: true, keyUsage: KeyUsageFlags.keyCertSign });
  middle = await issue({ subject: 'CN=Middle', issuer: root, ca: true, keyUsage: KeyUsageFlags.keyCertSign });
  device = await issue({ subject: 'CN=d1', issuer: middle, extendedKeyUsage: [ExtendedKeyUsage.clientAuth] });
  authority = parseCertificateAuthority(root.pem);
});

function verify(chain: readonly Issued[], authorities: readonly CertificateAuthority[] = [authority], now = NOW) {
  return verifyDeviceChain({ chain: chain.map(({ der }) => der), authorities, now });
}

function reason(verification: ChainVerification): string {
  return verification.verified ? 'verified' : verification.reason;
}

/** The verdict on a device whose certificate an intermediate issued that is made so. */
async function through(intermediate: Partial<CertificateRequest>): Promise<string> {
  const issuer = await issue({ subject: 'CN=Odd', issuer: root, ca: true, ...intermediate });
  return reason(verify([await issue({ subject: 'CN=d1', issuer }), issuer]));
}

async function withLeaf(leaf: Partial<CertificateRequest>): Promise<ChainVerification> {
  return verify([await issue({ subject: 'CN=d1', issuer: root, ...leaf })]);
}

describe('verifyDeviceChain', () => {
  it('leads over an intermediate to the registered root, and gives the common name', () => {
    expect(verify([device, middle])).toEqual({ verified: true, commonName: 'd1', authority });
  });

  it('does not mind the root, or anything else, sent along', () => {
    expect(reason(verify([device, middle, root]))).toBe('verified');
  });

  it('ends at a registered intermediate, whose own issuer need not be known', () => {
    expect(reason(verify([device], [parseCertificateAuthority(middle.pem)]))).toBe('verified');
  });

  it('takes a module, and each of two authorities of one name', async () => {
    const renewed = await issue({ subject: 'CN=Root', ca: true });
    const module = await issue({ subject: 'CN=d1/m1', issuer: renewed });
    const both = [authority, parseCertificateAuthority(renewed.pem)];
    expect(verify([module], both)).toMatchObject({ verified: true, commonName: 'd1/m1' });
    expect(reason(verify([device, middle], both))).toBe('verified');
  });

  it('takes the renewed certificate of an authority that keeps its key when the old one has ended', async () => {
    const old = await issue({ subject: 'CN=Root', ca: true, keys: root.keys, notAfter: NOW - HOUR_MS });
    expect(reason(verify([device, middle], [parseCertificateAuthority(old.pem)]))).toBe('out-of-date');
    expect(reason(verify([device, middle], [parseCertificateAuthority(old.pem), authority]))).toBe('verified');
  });

  it('refuses what no registered authority issued', async () => {
    const impostor = await issue({ subject: 'CN=Root', ca: true });
    expect(reason(verify([device]))).toBe('unknown-authority');
    expect(reason(verify([device, middle], []))).toBe('unknown-authority');
    expect(reason(verify([device, middle], [parseCertificateAuthority(impostor.pem)]))).toBe('unknown-authority');
    expect(reason(verify([await issue({ subject: 'CN=d1', issuer: impostor })]))).toBe('unknown-authority');
    expect(reason(verify([await issue({ subject: 'CN=d1' })]))).toBe('unknown-authority');
    expect(reason(verify([]))).toBe('no-certificate');
  });

  it('refuses a chain whose links do not hold', async () => {
    const stranger = await issue({ subject: 'CN=Middle', ca: true });
    expect(reason(verify([device, stranger, root]))).toBe('broken-chain');
    expect(reason(verify([await issue({ subject: 'CN=d2' }), device, middle]))).toBe('broken-chain');
  });

  it('refuses a device that acts as an authority', async () => {
    const forged = await issue({ subject: 'CN=d2', issuer: device });
    expect(reason(verify([forged, device, middle]))).toBe('issuer-not-ca');
  });

  it('refuses an issuer without the flag of a CA or the right to sign certificates', async () => {
    expect(await through({ ca: false })).toBe('issuer-not-ca');
    expect(await through({ keyUsage: KeyUsageFlags.digitalSignature })).toBe('issuer-not-ca');
    expect(await through({ keyUsage: KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign })).toBe('verified');
    expect(await through({ extendedKeyUsage: [ExtendedKeyUsage.serverAuth] })).toBe('not-for-clients');
  });

  it('checks the dates of every certificate', async () => {
    expect(await through({ notAfter: NOW - HOUR_MS })).toBe('out-of-date');
    expect(await through({ notBefore: NOW + HOUR_MS })).toBe('out-of-date');
    expect(reason(await withLeaf({ notAfter: NOW - HOUR_MS }))).toBe('out-of-date');
    expect(reason(await withLeaf({ notBefore: NOW + HOUR_MS }))).toBe('out-of-date');
    expect(reason(verify([device, middle], [authority], NOW + 48 * HOUR_MS))).toBe('out-of-date');
  });

  it('holds the path length of issuers, in which self-issued certificates do not count', async () => {
    const narrow = await issue({ subject: 'CN=Narrow', issuer: root, ca: true, pathLength: 0 });
    const below = await issue({ subject: 'CN=Below', issuer: narrow, ca: true });
    const rollover = await issue({ subject: 'CN=Narrow', issuer: narrow, ca: true });
    expect(reason(verify([await issue({ subject: 'CN=d1', issuer: narrow }), narrow]))).toBe('verified');
    expect(reason(verify([await issue({ subject: 'CN=d1', issuer: below }), below, narrow]))).toBe('path-too-long');
    expect(reason(verify([await issue({ subject: 'CN=d1', issuer: rollover }), rollover, narrow]))).toBe('verified');
    const anchor = [parseCertificateAuthority(narrow.pem)];
    expect(reason(verify([await issue({ subject: 'CN=d1', issuer: below }), below], anchor))).toBe('path-too-long');
  });

  it('looks at the extended key usage of the device, where it has one', async () => {
    expect(reason(await withLeaf({}))).toBe('verified');
    expect(reason(await withLeaf({ extendedKeyUsage: [ExtendedKeyUsage.serverAuth] }))).toBe('not-for-clients');
    expect(reason(await withLeaf({ extendedKeyUsage: ['2.5.29.37.0'] }))).toBe('verified');
  });

  it('refuses critical extensions that it does not know, such as name constraints', async () => {
    const constraints = (critical: boolean) => [new Extension('2.5.29.30', critical, Buffer.from('3000', 'hex'))];
    expect(await through({ extensions: constraints(true) })).toBe('unsupported-extension');
    expect(await through({ extensions: constraints(false) })).toBe('verified');
  });

  it('refuses signatures over SHA-1', async () => {
    expect(reason(await withLeaf({ hash: 'SHA-1' }))).toBe('weak-signature');
    expect(reason(await withLeaf({ hash: 'SHA-384' }))).toBe('verified');
  });

  it('gives the common name whatever surrounds it, and refuses none or several', async () => {
    const subjects: [CertificateRequest['subject'], string | undefined][] = [
      [[{ O: ['x\nCN=d2'] }, { CN: ['d1'] }], 'd1'],
      [[{ O: ['CN=d2'], CN: ['d1'] }], 'd1'],
      [[{ CN: ['d1, CN=d2'] }], 'd1, CN=d2'],
      [[{ CN: ['d1'] }, { CN: ['d2'] }], undefined],
      [[{ CN: ['d1', 'd2'] }], undefined],
      [[{ O: ['d1'] }], undefined],
      [[{ CN: [''] }], undefined],
    ];
    for (const [subject, commonName] of subjects) {
      const verification = await withLeaf({ subject });
      expect([subject, verification.verified ? verification.commonName : undefined]).toEqual([subject, commonName]);
    }
  });

  it('bounds the length of a chain', () => {
    expect(reason(verify(new Array(MAX_CHAIN_LENGTH + 1).fill(device)))).toBe('chain-too-long');
  });

  it('takes no bytes, altered ones of a certificate among them, for another device', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })).map(([at, by]) => {
        const copy = Buffer.from(device.der);
        const index = at % copy.length;
        copy[index] = (copy[index] ?? 0) ^ by;
        return copy;
      }),
    );
    fc.assert(
      fc.property(bytes, (der) => {
        const chain = [der, middle.der];
        const verification = verifyDeviceChain({ chain, authorities: [authority], now: NOW });
        // Spare bits of the signature's own encoding may differ and leave it valid.
        expect(verification.verified ? verification.commonName : 'd1').toBe('d1');
      }),
      { numRuns: 300 },
    );
  });
});

describe('parseCertificateAuthority', () => {
  it('tells what a back end wants to know of it', () => {
    expect(authority).toMatchObject({ subject: 'CN=Root', notAfter: NOW + 24 * HOUR_MS });
    expect(authority.thumbprint).toMatch(/^[0-9A-F]{64}$/);
  });

  it('refuses all but one certificate of a CA', async () => {
    const signless = await issue({ subject: 'CN=x', ca: true, keyUsage: KeyUsageFlags.cRLSign });
    for (const pem of ['', 'x', device.pem, signless.pem, root.pem + middle.pem, root.pem.replace('M', 'N')]) {
      expect(() => parseCertificateAuthority(pem)).toThrow(HubError);
    }
  });
});
