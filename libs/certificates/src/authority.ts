import 'reflect-metadata';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { ALGORITHM, DAY_MS, exportKey, generateKeys, importKey, type PrivateKey, serialNumber } from './keys.js';

const AUTHORITY_DAYS = 3650;

/** A certificate authority for development, that issues leaf certificates alone. */
export interface Authority {
  readonly certificate: X509Certificate;
  readonly key: PrivateKey;
  /** PEM. */
  readonly pem: string;
}

/**
 * Makes an authority, ECDSA P-256, valid for ten years.
 * @param name its common name
 * @param now milliseconds since the Unix epoch
 */
export async function createAuthority(name: string, now: number): Promise<Authority & { readonly keyPem: string }> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: `CN=${name}`,
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + AUTHORITY_DAYS * DAY_MS),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    certificate,
    key: keys.privateKey,
    pem: `${certificate.toString('pem')}\n`,
    keyPem: await exportKey(keys.privateKey),
  };
}

/** @throws Error if the texts are not a certificate and a P-256 key */
export async function loadAuthority(pem: string, keyPem: string): Promise<Authority> {
  return { certificate: new X509Certificate(pem), key: await importKey(keyPem), pem };
}
