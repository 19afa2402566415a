import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import type { identity } from '@mooring/proto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto);
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

export interface Issued {
  readonly certificate: x509.X509Certificate;
  readonly der: Buffer;
  readonly keys: webcrypto.CryptoKeyPair;
}

/** Issues a certificate, by itself unless somebody else does; `days` are from the first of 2026. */
export async function issue(
  name: string,
  { by, ca = false, days = [-1, 30] }: { by?: Issued; ca?: boolean; days?: number[] } = {},
) {
  const keys = (await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const [from = 0, to = 0] = days.map((day) => Date.UTC(2026, 0, 1) + day * 86_400_000);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${name}`,
    issuer: by?.certificate.subject ?? `CN=${name}`,
    notBefore: new Date(from),
    notAfter: new Date(to),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: (by?.keys ?? keys).privateKey,
    extensions: [new x509.BasicConstraintsExtension(ca, undefined, true)],
  });
  return { certificate, der: Buffer.from(certificate.rawData), keys };
}

/** As identity keeps the certificate of an authority. */
export function registered({ certificate }: Issued): identity.Certificate {
  return {
    name: 'ca',
    pem: certificate.toString('pem'),
    subject: '',
    thumbprint: '',
    notBeforeMs: 0,
    notAfterMs: 0,
    etag: '',
    createdTimeMs: 0,
  };
}
