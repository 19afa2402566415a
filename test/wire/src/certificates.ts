import 'reflect-metadata';
import { X509Certificate as NodeCertificate, randomBytes, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 24 * 60 * 60 * 1000;

export interface DeviceCertificate {
  /** The certificate, then its issuers, PEM. */
  readonly cert: string;
  readonly key: string;
  readonly sha1: string;
  readonly sha256: string;
}

export interface TestAuthority {
  readonly pem: string;
  issue(commonName: string, dates?: { notBefore?: Date; notAfter?: Date }): Promise<DeviceCertificate>;
}

/** A certificate that signs itself, as devices with registered thumbprints have. */
export async function selfSignedCertificate(
  commonName: string,
  dates: { notBefore?: Date; notAfter?: Date } = {},
): Promise<DeviceCertificate> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...validity(),
    ...dates,
    serialNumber: serialNumber(),
    name: `CN=${commonName}`,
    keys,
    signingAlgorithm: ALGORITHM,
  });
  return deviceCertificate(certificate, keys, '');
}

/** A certificate authority whose devices are admitted once it is registered. */
export async function testAuthority(name: string): Promise<TestAuthority> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...validity(),
    serialNumber: serialNumber(),
    name: `CN=${name}`,
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
    ],
  });
  return {
    pem: certificate.toString('pem'),
    issue: async (commonName, dates = {}) => {
      const leafKeys = await newKeys();
      const leaf = await X509CertificateGenerator.create({
        ...validity(),
        ...dates,
        serialNumber: serialNumber(),
        subject: `CN=${commonName}`,
        issuer: certificate.subject,
        publicKey: leafKeys.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: ALGORITHM,
      });
      return deviceCertificate(leaf, leafKeys, certificate.toString('pem'));
    },
  };
}

/** What a device makes of its certificate that plays the authority: it signs one of another name with its own key. */
export async function forgedBy(device: DeviceCertificate, commonName: string): Promise<DeviceCertificate> {
  const [der] = PemConverter.decode(device.key);
  if (der === undefined) {
    throw new TypeError('a device has a key');
  }
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.create({
    ...validity(),
    serialNumber: serialNumber(),
    subject: `CN=${commonName}`,
    issuer: new X509Certificate(device.cert).subject,
    publicKey: keys.publicKey,
    signingKey: await webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']),
    signingAlgorithm: ALGORITHM,
  });
  return deviceCertificate(certificate, keys, device.cert);
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function validity(): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Date.now() - 2 * DAY_MS), notAfter: new Date(Date.now() + 2 * DAY_MS) };
}

function serialNumber(): string {
  return `40${randomBytes(8).toString('hex')}`;
}

async function deviceCertificate(
  certificate: X509Certificate,
  keys: webcrypto.CryptoKeyPair,
  issuer: string,
): Promise<DeviceCertificate> {
  const pem = certificate.toString('pem');
  const { fingerprint, fingerprint256 } = new NodeCertificate(pem);
  return {
    cert: issuer === '' ? pem : `${pem}\n${issuer}`,
    key: PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY'),
    sha1: fingerprint.replaceAll(':', ''),
    sha256: fingerprint256.replaceAll(':', ''),
  };
}
