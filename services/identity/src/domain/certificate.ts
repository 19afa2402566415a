import { parseCertificateAuthority } from '@mooring/credentials';
import { HubError } from '@mooring/errors';
import { newEtag } from './etag.js';

/** A certificate of an authority that devices' chains may lead to. */
export interface Certificate {
  readonly name: string;
  readonly pem: string;
  readonly subject: string;
  /** SHA-256, upper-case hexadecimal. */
  readonly thumbprint: string;
  /** Milliseconds since the Unix epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly etag: string;
  readonly createdTime: number;
}

export interface RequestedCertificate {
  readonly name: string;
  readonly pem: string;
}

export const MAX_CERTIFICATES = 100;
const NAME = /^[A-Za-z0-9._-]{1,64}$/;
const MAX_PEM_LENGTH = 32 * 1024;

/** @throws HubError `ArgumentInvalid` */
export function checkCertificateName(name: string): void {
  if (!NAME.test(name)) {
    throw new HubError('ArgumentInvalid', 'A certificate name has 1 to 64 letters, digits and . _ -');
  }
}

/**
 * @throws HubError `ArgumentInvalid` if it is not exactly one certificate of an authority
 */
export function newCertificate({ name, pem }: RequestedCertificate, now: number): Certificate {
  checkCertificateName(name);
  if (pem.length > MAX_PEM_LENGTH) {
    throw new HubError('ArgumentInvalid', `A certificate has at most ${MAX_PEM_LENGTH} characters.`);
  }
  const { subject, thumbprint, notBefore, notAfter } = parseCertificateAuthority(pem);
  return { name, pem, subject, thumbprint, notBefore, notAfter, etag: newEtag(), createdTime: now };
}

/** @throws HubError `ArgumentInvalid` if it has ended: no chain that leads to it can be valid any more */
export function checkNotEnded({ notAfter }: Certificate, now: number): void {
  if (now > notAfter) {
    throw new HubError('ArgumentInvalid', 'The certificate has expired.');
  }
}
