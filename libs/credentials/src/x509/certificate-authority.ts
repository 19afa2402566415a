import { X509Certificate } from 'node:crypto';
import { HubError } from '@mooring/errors';
import { type Certificate, parseCertificate } from './certificate.js';
import { certificateThumbprints } from './thumbprint.js';

const ONE_CERTIFICATE = /^\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*$/;

/** A registered authority, root or intermediate: device certificates are trusted that a chain leads from to it. */
export interface CertificateAuthority {
  /** SHA-256, upper-case hexadecimal. */
  readonly thumbprint: string;
  readonly subject: string;
  /** Milliseconds since the Unix epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly certificate: Certificate;
}

/**
 * Reads what a user registers; done once, as it costs more than a look-up.
 *
 * @param pem one certificate
 * @throws HubError `ArgumentInvalid` if it is none, or may not issue certificates
 */
export function parseCertificateAuthority(pem: string): CertificateAuthority {
  const certificate = ONE_CERTIFICATE.test(pem) ? readPem(pem) : undefined;
  if (certificate === undefined) {
    throw new HubError('ArgumentInvalid', 'The CA certificate is not one X.509 certificate in PEM form.');
  }
  if (!certificate.ca || !certificate.signsCertificates) {
    throw new HubError('ArgumentInvalid', 'The certificate is not one of a CA: it may not sign certificates.');
  }
  if (!certificate.understood) {
    throw new HubError('ArgumentInvalid', 'The CA certificate has a critical extension that is not supported.');
  }
  const { x509 } = certificate;
  return {
    thumbprint: certificateThumbprints(x509.raw).sha256,
    subject: x509.subject,
    notBefore: x509.validFromDate.getTime(),
    notAfter: x509.validToDate.getTime(),
    certificate,
  };
}

function readPem(pem: string): Certificate | undefined {
  try {
    return parseCertificate(new X509Certificate(pem).raw);
  } catch {
    return undefined;
  }
}
