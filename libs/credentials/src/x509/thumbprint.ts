import { createHash } from 'node:crypto';

const SHA1_OR_SHA256 = /^(?:[0-9A-F]{40}|[0-9A-F]{64})$/;
/** 64 digits, a colon after each pair. */
const MAX_LENGTH = 96;

/** The hashes of a certificate's DER bytes: upper-case hexadecimal, 40 and 64 digits. */
export interface Thumbprints {
  readonly sha1: string;
  readonly sha256: string;
}

/** The form that compares: upper case, no colons; undefined if the text is no SHA-1 or SHA-256 thumbprint. */
export function normaliseThumbprint(text: string): string | undefined {
  if (text.length > MAX_LENGTH) {
    return undefined;
  }
  const digits = text.replaceAll(':', '').toUpperCase();
  return SHA1_OR_SHA256.test(digits) ? digits : undefined;
}

/** @param der the certificate as TLS carries it */
export function certificateThumbprints(der: Uint8Array): Thumbprints {
  return { sha1: digest('sha1', der), sha256: digest('sha256', der) };
}

/**
 * Whether a certificate is one of those registered.
 *
 * @param registered thumbprints as users write them; an empty one matches nothing
 */
export function thumbprintMatches(presented: Thumbprints, registered: readonly string[]): boolean {
  return registered.some((text) => {
    const thumbprint = normaliseThumbprint(text);
    return thumbprint !== undefined && (thumbprint === presented.sha1 || thumbprint === presented.sha256);
  });
}

function digest(algorithm: string, bytes: Uint8Array): string {
  return createHash(algorithm).update(bytes).digest('hex').toUpperCase();
}
