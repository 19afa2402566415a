import type { identity as contract } from '@mooring/proto';
import { unauthorized } from '../admission-refused.js';
import type { DeviceIdentity } from '../device-identity.js';
import type { Authenticated } from './authenticated.js';
import type { HubTrust } from './hub-trust.js';
import { authenticateBySas } from './sas-authentication.js';
import { authenticateByCertificate } from './x509-authentication.js';

/** What a client shows to prove who it is. */
export interface PresentedCredentials {
  /** A shared access signature; undefined if there is none. */
  readonly token: string | undefined;
  /** DER, leaf first, as sent in the TLS handshake; asked for only where there is no token. */
  readonly certificates: () => readonly Buffer[];
}

export interface AuthenticationRequest {
  readonly identity: DeviceIdentity;
  readonly presented: PresentedCredentials;
  readonly credentials: contract.Credentials;
  /** Of the hub, lower case. */
  readonly hostname: string;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/**
 * Proves an identity by what was presented.
 * @throws AdmissionRefused
 */
export async function authenticate(request: AuthenticationRequest, trust: HubTrust): Promise<Authenticated> {
  const { credentials, presented } = request;
  if (!credentials.found) {
    throw unauthorized('unknown-identity');
  }
  if (!credentials.enabled) {
    throw unauthorized('disabled');
  }
  return presented.token === undefined
    ? authenticateByCertificate(request, trust)
    : authenticateBySas(request, presented.token, trust);
}
