import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsagesExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** The time at which the certificates of the tests are valid, unless they say otherwise. */
export const NOW = Date.UTC(2026, 5, 1);
const DAY_MS = 86_400_000;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

export interface Issued {
  readonly der: Buffer;
  readonly pem: string;
  readonly subject: string;
  readonly keys: webcrypto.CryptoKeyPair;
}

export interface CertificateRequest {
  /** As RFC 4514 spells it, or as a list of attributes. */
  readonly subject: string | Record<string, string[]>[];
  /** Self-signed if absent. */
  readonly issuer?: Issued;
  readonly ca?: boolean;
  readonly pathLength?: number;
  readonly keyUsage?: number;
  readonly extendedKeyUsage?: readonly string[];
  readonly extensions?: readonly Extension[];
  /** Milliseconds since the Unix epoch; a day around `NOW` if absent. */
  readonly notBefore?: number;
  readonly notAfter?: number;
  readonly hash?: string;
  /** A pair to use again, as a renewed certificate does. */
  readonly keys?: webcrypto.CryptoKeyPair;
}

/** Makes a certificate for a test. */
export async function issue(request: CertificateRequest): Promise<Issued> {
  const keys = request.keys ?? (await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']));
  const certificate = await X509CertificateGenerator.create({
    subject: request.subject,
    issuer: request.issuer?.subject ?? request.subject,
    notBefore: new Date(request.notBefore ?? NOW - DAY_MS),
    notAfter: new Date(request.notAfter ?? NOW + DAY_MS),
    publicKey: keys.publicKey,
    signingKey: (request.issuer?.keys ?? keys).privateKey,
    signingAlgorithm: { ...ALGORITHM, hash: request.hash ?? ALGORITHM.hash },
    extensions: [...extensionsOf(request)],
  });
  return {
    der: Buffer.from(certificate.rawData),
    pem: certificate.toString('pem'),
    subject: certificate.subject,
    keys,
  };
}

function* extensionsOf(request: CertificateRequest): Generator<Extension> {
  if (request.ca !== undefined) {
    yield new BasicConstraintsExtension(request.ca, request.pathLength, true);
  }
  if (request.keyUsage !== undefined) {
    yield new KeyUsagesExtension(request.keyUsage, true);
  }
  if (request.extendedKeyUsage !== undefined) {
    yield new ExtendedKeyUsageExtension([...request.extendedKeyUsage]);
  }
  yield* request.extensions ?? [];
}
