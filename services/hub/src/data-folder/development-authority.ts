import 'reflect-metadata';
import { X509Certificate as NodeCertificate, randomBytes, webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { DataFolder } from './data-folder.js';

const AUTHORITY = 'ca.pem';
const AUTHORITY_KEY = 'ca-key.pem';
const SERVER = 'server.pem';
const SERVER_KEY = 'server-key.pem';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 24 * 60 * 60 * 1000;
const AUTHORITY_DAYS = 3650;
/** Clients on some platforms refuse server certificates that are valid for more than 398 days. */
const SERVER_DAYS = 397;
/** A server certificate with less left than this is made anew at the next start. */
const RENEW_BEFORE_DAYS = 30;

/** Paths of the files that the listeners read. */
export interface ServerCertificateFiles {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/**
 * Makes a certificate authority for development and a server certificate (ECDSA P-256) for these names, each once: what is
 * there and fits is kept.
 * @param names host names and IPv4 addresses that clients dial
 */
export async function ensureServerCertificate(
  folder: DataFolder,
  names: readonly string[],
  now: number,
): Promise<ServerCertificateFiles> {
  const authority = (await loadAuthority(folder)) ?? (await makeAuthority(folder, now));
  if (!serverCertificateFits(folder, names, now)) {
    await makeServerCertificate(folder, authority, { names, now });
  }
  return { authority: folder.file(AUTHORITY), certificate: folder.file(SERVER), key: folder.file(SERVER_KEY) };
}

interface Authority {
  readonly certificate: X509Certificate;
  readonly key: CryptoKey;
}

type CryptoKey = webcrypto.CryptoKey;

async function loadAuthority(folder: DataFolder): Promise<Authority | undefined> {
  const pem = folder.read(AUTHORITY);
  const keyPem = folder.read(AUTHORITY_KEY);
  if (pem === undefined || keyPem === undefined) {
    return undefined;
  }
  const [der] = PemConverter.decode(keyPem);
  if (der === undefined) {
    throw new Error(`${folder.file(AUTHORITY_KEY)} holds no key: remove it and ${AUTHORITY} to have both made anew.`);
  }
  const key = await webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
  return { certificate: new X509Certificate(pem), key };
}

async function makeAuthority(folder: DataFolder, now: number): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: 'CN=Mooring development CA',
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
  folder.writeSecret(AUTHORITY_KEY, await exportKey(keys.privateKey));
  folder.writePublic(AUTHORITY, `${certificate.toString('pem')}\n`);
  return { certificate, key: keys.privateKey };
}

async function makeServerCertificate(
  folder: DataFolder,
  authority: Authority,
  { names, now }: { names: readonly string[]; now: number },
): Promise<void> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: 'CN=Mooring',
    issuer: authority.certificate.subject,
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + SERVER_DAYS * DAY_MS),
    publicKey: keys.publicKey,
    signingKey: authority.key,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(names.flatMap(alternativeNames)),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(authority.certificate),
    ],
  });
  folder.writeSecret(SERVER_KEY, await exportKey(keys.privateKey));
  folder.writePublic(SERVER, `${certificate.toString('pem')}\n${authority.certificate.toString('pem')}\n`);
}

/** An address is listed as a DNS name too: some clients compare what they dialled with names only. */
function alternativeNames(name: string): { type: 'dns' | 'ip'; value: string }[] {
  const dns = { type: 'dns' as const, value: name };
  return isIPv4(name) ? [{ type: 'ip', value: name }, dns] : [dns];
}

function isIPv4(name: string): boolean {
  return /^\d+(\.\d+){3}$/.test(name);
}

function serverCertificateFits(folder: DataFolder, names: readonly string[], now: number): boolean {
  const pem = folder.read(SERVER);
  const authority = folder.read(AUTHORITY);
  if (pem === undefined || authority === undefined || folder.read(SERVER_KEY) === undefined) {
    return false;
  }
  const certificate = new NodeCertificate(pem);
  return (
    certificate.checkIssued(new NodeCertificate(authority)) &&
    new Date(certificate.validTo).getTime() > now + RENEW_BEFORE_DAYS * DAY_MS &&
    names.every((name) => (isIPv4(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined)
  );
}

async function exportKey(key: CryptoKey): Promise<string> {
  return `${PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

function serialNumber(): string {
  // Positive, as RFC 5280, 4.1.2.2 asks.
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}
