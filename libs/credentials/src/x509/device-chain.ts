import { type Certificate, isIssuedBy, isSelfIssued, isWithinValidity, parseCertificate } from './certificate.js';
import type { CertificateAuthority } from './certificate-authority.js';

/** Certificates that a device may present, its own included. */
export const MAX_CHAIN_LENGTH = 8;

const WEAK_SIGNATURE = /(?:md[245]|sha-?1)(?![0-9])/i;

/** Why a chain is not trusted. */
export type ChainRefusal =
  | 'no-certificate'
  | 'chain-too-long'
  | 'malformed'
  | 'unsupported-extension'
  | 'weak-signature'
  | 'out-of-date'
  | 'not-for-clients'
  | 'issuer-not-ca'
  | 'path-too-long'
  | 'broken-chain'
  | 'unknown-authority'
  | 'common-name';

export type ChainVerification =
  | {
      readonly verified: true;
      /** Of the device's certificate: the identity's id, `device` or `device/module`. */
      readonly commonName: string;
      /** The registered authority that the chain leads to. */
      readonly authority: CertificateAuthority;
    }
  | { readonly verified: false; readonly reason: ChainRefusal };

export interface DeviceChain {
  /** DER, the device's own first, each followed by its issuer [RFC 5246 section 7.4.2]. */
  readonly chain: readonly Uint8Array[];
  /** The registered authorities; their own issuers need not be known. */
  readonly authorities: readonly CertificateAuthority[];
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/**
 * Verifies a device's certificate up to a registered authority [RFC 5280 section 6.1]: signatures, dates of every
 * certificate, CA flag, key usage and path length of the issuers, extended key usage. Revocation lists are not consulted: an
 * authority is revoked by removing it, a device by disabling it.
 */
export function verifyDeviceChain({ chain, authorities, now }: DeviceChain): ChainVerification {
  if (chain.length > MAX_CHAIN_LENGTH) {
    return refused('chain-too-long');
  }
  let leaf: Certificate | undefined;
  let below: Certificate | undefined;
  let intermediates = 0;
  for (const der of chain) {
    const certificate = parseCertificate(der);
    if (certificate === undefined) {
      return refused('malformed');
    }
    const fault =
      (below === undefined ? undefined : linkFault(below, certificate, intermediates)) ??
      certificateFault(certificate, now);
    if (fault !== undefined) {
      return refused(fault);
    }
    leaf ??= certificate;
    if (below !== undefined && !isSelfIssued(certificate)) {
      intermediates++;
    }
    const anchor = anchorOf(certificate, { authorities, now, intermediates });
    if (anchor !== undefined) {
      return typeof anchor === 'string' ? refused(anchor) : named(leaf, anchor);
    }
    below = certificate;
  }
  return refused(leaf === undefined ? 'no-certificate' : 'unknown-authority');
}

interface Anchors {
  readonly authorities: readonly CertificateAuthority[];
  readonly now: number;
  readonly intermediates: number;
}

/** The authority that issued a certificate, or why the only ones that did may not; undefined if none did. */
function anchorOf(certificate: Certificate, anchors: Anchors): CertificateAuthority | ChainRefusal | undefined {
  let fault: ChainRefusal | undefined;
  for (const authority of anchors.authorities) {
    if (isIssuedBy(certificate, authority.certificate)) {
      fault =
        issuerFault(authority.certificate, anchors.intermediates) ?? anchorFault(authority.certificate, anchors.now);
      if (fault === undefined) {
        return authority;
      }
    }
  }
  return fault;
}

function linkFault(below: Certificate, issuer: Certificate, intermediates: number): ChainRefusal | undefined {
  return isIssuedBy(below, issuer) ? issuerFault(issuer, intermediates) : 'broken-chain';
}

function issuerFault(issuer: Certificate, intermediates: number): ChainRefusal | undefined {
  if (!issuer.ca || !issuer.signsCertificates) {
    return 'issuer-not-ca';
  }
  return issuer.pathLength !== undefined && intermediates > issuer.pathLength ? 'path-too-long' : undefined;
}

/** How an authority signed itself does not matter: it is trusted because it is registered. */
function anchorFault(authority: Certificate, now: number): ChainRefusal | undefined {
  if (!isWithinValidity(authority, now)) {
    return 'out-of-date';
  }
  return authority.authenticatesClients ? undefined : 'not-for-clients';
}

function certificateFault(certificate: Certificate, now: number): ChainRefusal | undefined {
  if (!certificate.understood) {
    return 'unsupported-extension';
  }
  return WEAK_SIGNATURE.test(certificate.x509.signatureAlgorithm ?? '')
    ? 'weak-signature'
    : anchorFault(certificate, now);
}

function named(leaf: Certificate, authority: CertificateAuthority): ChainVerification {
  const [commonName, ...others] = leaf.commonNames;
  return commonName && others.length === 0 ? { verified: true, commonName, authority } : refused('common-name');
}

function refused(reason: ChainRefusal): ChainVerification {
  return { verified: false, reason };
}
