import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import {
  BasicConstraintsExtension,
  X509Certificate as ExtendedCertificate,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
} from '@peculiar/x509';

/** Extensions that a verifier has to know, or to refuse the certificate where they are critical [RFC 5280 section 4.2]. */
const UNDERSTOOD = new Set([
  '2.5.29.14', // subject key identifier
  '2.5.29.15', // key usage
  '2.5.29.17', // subject alternative name
  '2.5.29.19', // basic constraints
  '2.5.29.32', // certificate policies: any policy will do
  '2.5.29.35', // authority key identifier
  '2.5.29.37', // extended key usage
]);
const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2';
const ANY_EXTENDED_KEY_USAGE = '2.5.29.37.0';
/** Bytes of a certificate that is still looked into. */
const MAX_CERTIFICATE_BYTES = 16 * 1024;

/** A certificate, and of its extensions what a chain is judged by. */
export interface Certificate {
  readonly x509: X509Certificate;
  /** Each common name of the subject. */
  readonly commonNames: readonly string[];
  readonly ca: boolean;
  /** Intermediate certificates that may follow below this one; undefined: any number. */
  readonly pathLength: number | undefined;
  /** It may sign certificates: its key usage says so, or it has none. */
  readonly signsCertificates: boolean;
  /** It may prove the identity of a TLS client: its extended key usage says so, or it has none. */
  readonly authenticatesClients: boolean;
  /** All critical extensions are known here. */
  readonly understood: boolean;
}

/** @returns undefined if the bytes are no certificate, or one that breaks the rules of its own form */
export function parseCertificate(der: Uint8Array): Certificate | undefined {
  if (der.length > MAX_CERTIFICATE_BYTES) {
    return undefined;
  }
  try {
    // OpenSSL checks signatures and dates; it does not tell path length and key usage, which the other library reads.
    return describe(new X509Certificate(der), new ExtendedCertificate(der));
  } catch {
    // Both parsers throw errors of many kinds for the one reason that the bytes are malformed.
    return undefined;
  }
}

/** Whether `issuer` signed `certificate`. */
export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  if (certificate.x509.issuer !== issuer.x509.subject) {
    return false;
  }
  try {
    return certificate.x509.verify(issuer.x509.publicKey);
  } catch {
    // OpenSSL throws where key and signature are of different or unknown kinds.
    return false;
  }
}

export function isSelfIssued(certificate: Certificate): boolean {
  return certificate.x509.issuer === certificate.x509.subject;
}

/** @param now milliseconds since the Unix epoch */
export function isWithinValidity(certificate: Certificate, now: number): boolean {
  return now >= certificate.x509.validFromDate.getTime() && now <= certificate.x509.validToDate.getTime();
}

function describe(x509: X509Certificate, { subjectName, extensions }: ExtendedCertificate): Certificate | undefined {
  if (new Set(extensions.map((extension) => extension.type)).size !== extensions.length) {
    return undefined;
  }
  const constraints = find(extensions, BasicConstraintsExtension);
  const usage = find(extensions, KeyUsagesExtension);
  const extendedUsage = find(extensions, ExtendedKeyUsageExtension);
  return {
    x509,
    commonNames: subjectName.getField('CN'),
    ca: constraints?.ca ?? false,
    pathLength: constraints?.pathLength,
    signsCertificates: usage === undefined || (usage.usages & KeyUsageFlags.keyCertSign) !== 0,
    authenticatesClients:
      extendedUsage === undefined ||
      extendedUsage.usages.some((oid) => oid === CLIENT_AUTHENTICATION || oid === ANY_EXTENDED_KEY_USAGE),
    understood: extensions.every((extension) => !extension.critical || UNDERSTOOD.has(extension.type)),
  };
}

function find<T extends Extension>(
  extensions: readonly Extension[],
  type: abstract new (...args: never[]) => T,
): T | undefined {
  return extensions.find((extension): extension is T => extension instanceof type);
}
