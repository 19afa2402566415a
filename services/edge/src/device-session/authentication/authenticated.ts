import type { CertificateAuthority } from '@mooring/credentials';

/** A shared access policy, or rather one of its keys, that admits devices. */
export interface PolicyKey {
  readonly policy: string;
  readonly key: string;
}

/** How an identity proved itself, and what that rests on. */
export interface Authenticated {
  readonly method: AuthenticationMethod;
  /** Milliseconds since the Unix epoch at which it ends; undefined: not by itself. */
  readonly expiresAt: number | undefined;
  /** What may be revoked apart from the identity's own credentials. */
  readonly reliesOn: PolicyKey | CertificateAuthority | undefined;
}

/** The texts of `iothub-connection-auth-method`. */
export const AUTHENTICATION_METHOD = {
  deviceKey: method('device', 'sas', 'iothub'),
  moduleKey: method('module', 'sas', 'iothub'),
  policy: method('hub', 'sas', 'iothub'),
  deviceCertificate: method('device', 'x509', 'external'),
  moduleCertificate: method('module', 'x509', 'external'),
} as const;
export type AuthenticationMethod = (typeof AUTHENTICATION_METHOD)[keyof typeof AUTHENTICATION_METHOD];

function method(scope: string, type: string, issuer: string): string {
  return JSON.stringify({ scope, type, issuer, acceptingIpFilterRule: null });
}
