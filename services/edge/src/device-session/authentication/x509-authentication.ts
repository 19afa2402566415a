import {
  certificateThumbprints,
  isWithinValidity,
  parseCertificate,
  thumbprintMatches,
  verifyDeviceChain,
} from '@mooring/credentials';
import { identity as contract } from '@mooring/proto';
import { unauthorized } from '../admission-refused.js';
import type { AuthenticationRequest } from './authenticate.js';
import { AUTHENTICATION_METHOD, type Authenticated } from './authenticated.js';
import type { HubTrust } from './hub-trust.js';

/** By the certificate of the TLS handshake: a registered one, or one that a registered authority vouches for. */
export async function authenticateByCertificate(
  request: AuthenticationRequest,
  trust: HubTrust,
): Promise<Authenticated> {
  const chain = request.presented.certificates();
  const [leaf] = chain;
  if (leaf === undefined) {
    throw unauthorized('no-credentials');
  }
  switch (request.credentials.authentication?.type) {
    case contract.AuthenticationType.SELF_SIGNED:
      return bySelfSigned(request, leaf);
    case contract.AuthenticationType.CERTIFICATE_AUTHORITY:
      return byAuthority(request, chain, trust);
    default:
      throw unauthorized('other-authentication-type');
  }
}

/** The thumbprint decides; names in the certificate mean nothing. */
function bySelfSigned({ credentials, identity, now }: AuthenticationRequest, leaf: Buffer): Authenticated {
  const { primaryThumbprint = '', secondaryThumbprint = '' } = credentials.authentication ?? {};
  if (!thumbprintMatches(certificateThumbprints(leaf), [primaryThumbprint, secondaryThumbprint])) {
    throw unauthorized('wrong-thumbprint');
  }
  const certificate = parseCertificate(leaf);
  if (certificate === undefined || !isWithinValidity(certificate, now)) {
    throw unauthorized('certificate-out-of-date');
  }
  return { method: certificateMethod(identity.moduleId), expiresAt: undefined, reliesOn: undefined };
}

async function byAuthority(
  { identity, now }: AuthenticationRequest,
  chain: readonly Buffer[],
  trust: HubTrust,
): Promise<Authenticated> {
  const verification = verifyDeviceChain({ chain, authorities: await trust.authorities(), now });
  if (!verification.verified) {
    throw unauthorized(`certificate-${verification.reason}`);
  }
  if (verification.commonName !== identity.name) {
    throw unauthorized('certificate-of-other-identity');
  }
  return { method: certificateMethod(identity.moduleId), expiresAt: undefined, reliesOn: verification.authority };
}

function certificateMethod(moduleId: string): string {
  return moduleId === '' ? AUTHENTICATION_METHOD.deviceCertificate : AUTHENTICATION_METHOD.moduleCertificate;
}
