import 'reflect-metadata';
import { X509Certificate as NodeCertificate } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { Authority } from './authority.js';
import { ALGORITHM, DAY_MS, exportKey, generateKeys, serialNumber } from './keys.js';

/** Clients on some platforms refuse server certificates that are valid for more than 398 days. */
const LEAF_DAYS = 397;
/** A certificate with less left than this is made anew. */
const RENEW_BEFORE_DAYS = 30;

export type Usage = 'server' | 'client';

export interface CertificateRequest {
  readonly commonName: string;
  /** Host names and addresses that the certificate stands for. */
  readonly names: readonly string[];
  readonly usages: readonly Usage[];
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** Default: a day before now until 397 days after it. */
  readonly validity?: { readonly notBefore: number; readonly notAfter: number };
}

/** PEM texts. */
export interface Issued {
  /** The certificate and the authority's behind it. */
  readonly chain: string;
  readonly key: string;
}

const EXTENDED_USAGE = { server: ExtendedKeyUsage.serverAuth, client: ExtendedKeyUsage.clientAuth } as const;

/** Issues a leaf certificate, ECDSA P-256. */
export async function issueCertificate(authority: Authority, request: CertificateRequest): Promise<Issued> {
  const { now, validity = { notBefore: now - DAY_MS, notAfter: now + LEAF_DAYS * DAY_MS } } = request;
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: `CN=${request.commonName}`,
    issuer: authority.certificate.subject,
    notBefore: new Date(validity.notBefore),
    notAfter: new Date(validity.notAfter),
    publicKey: keys.publicKey,
    signingKey: authority.key,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension(request.usages.map((usage) => EXTENDED_USAGE[usage])),
      new SubjectAlternativeNameExtension(request.names.flatMap(alternativeNames)),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(authority.certificate),
    ],
  });
  return { chain: `${certificate.toString('pem')}\n${authority.pem}`, key: await exportKey(keys.privateKey) };
}

/** Whether a certificate (PEM) is of this authority (PEM), stands for all these names, and is valid for a while yet. */
export function certificateFits(
  pem: string,
  { authorityPem, names, now }: { authorityPem: string; names: readonly string[]; now: number },
): boolean {
  const certificate = new NodeCertificate(pem);
  return (
    certificate.checkIssued(new NodeCertificate(authorityPem)) &&
    new Date(certificate.validTo).getTime() > now + RENEW_BEFORE_DAYS * DAY_MS &&
    names.every((name) => (isAddress(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined)
  );
}

/** An IPv4 address is listed as a DNS name too: some clients compare what they dialled with names only. */
function alternativeNames(name: string): { type: 'dns' | 'ip'; value: string }[] {
  const dns = { type: 'dns' as const, value: name };
  const ip = { type: 'ip' as const, value: name };
  return isIPv4(name) ? [ip, dns] : isIPv6(name) ? [ip] : [dns];
}

function isAddress(name: string): boolean {
  return isIPv4(name) || isIPv6(name);
}
