import {
  isExpired,
  parseSasToken,
  resourceCovers,
  type SasResource,
  type SasToken,
  sasKeyFromBase64,
  sasResource,
  tokenExpiry,
  verifySasSignature,
} from '@mooring/credentials';
import { isHubError } from '@mooring/errors';
import { identity as contract } from '@mooring/proto';
import { unauthorized } from '../admission-refused.js';
import type { AuthenticationRequest } from './authenticate.js';
import { AUTHENTICATION_METHOD, type Authenticated } from './authenticated.js';
import { decodedAgain } from './encoded-twice.js';
import type { HubTrust } from './hub-trust.js';

/** By a token that a key of the identity signed, or one of a policy with the right DeviceConnect. */
export async function authenticateBySas(
  request: AuthenticationRequest,
  text: string,
  trust: HubTrust,
): Promise<Authenticated> {
  const token = readToken(text);
  const resource = resourceOf(token);
  const { deviceId, moduleId } = request.identity;
  const target = {
    host: request.hostname,
    path: moduleId === '' ? ['devices', deviceId] : ['devices', deviceId, 'modules', moduleId],
  };
  if (!resourceCovers(resource, target) && !(token.skn === undefined && coversAgain(resource, target))) {
    throw unauthorized('token-of-other-resource');
  }
  if (isExpired(token, request.now)) {
    throw unauthorized('token-expired');
  }
  if (token.skn !== undefined) {
    return byPolicy(request, token, trust, token.skn);
  }
  if (resource.path.length !== target.path.length) {
    throw unauthorized('token-too-wide');
  }
  return byOwnKey(request, token);
}

/** An identity's own key signs for that alone, so that it may be spelled in more than one way. */
function coversAgain(resource: SasResource, target: SasResource): boolean {
  const decoded = decodedAgain(resource);
  return decoded !== undefined && resourceCovers(decoded, target);
}

function byOwnKey({ credentials, identity }: AuthenticationRequest, token: SasToken): Authenticated {
  const { authentication } = credentials;
  if (authentication?.type !== contract.AuthenticationType.SAS) {
    throw unauthorized('other-authentication-type');
  }
  if (signer(token, [authentication.primaryKey, authentication.secondaryKey]) === undefined) {
    throw unauthorized('wrong-signature');
  }
  return {
    method: identity.moduleId === '' ? AUTHENTICATION_METHOD.deviceKey : AUTHENTICATION_METHOD.moduleKey,
    expiresAt: tokenExpiry(token),
    reliesOn: undefined,
  };
}

async function byPolicy(
  { credentials }: AuthenticationRequest,
  token: SasToken,
  trust: HubTrust,
  name: string,
): Promise<Authenticated> {
  if (credentials.authentication?.type === contract.AuthenticationType.NONE) {
    throw unauthorized('other-authentication-type');
  }
  return bySignatureOfPolicy(token, trust, name);
}

/**
 * A token of a policy by itself, whatever identity it will be used for.
 * @throws AdmissionRefused
 */
export async function checkPolicyToken(
  text: string,
  { hostname, now }: Pick<AuthenticationRequest, 'hostname' | 'now'>,
  trust: HubTrust,
): Promise<Authenticated> {
  const token = readToken(text);
  if (resourceOf(token).host !== hostname) {
    throw unauthorized('token-of-other-resource');
  }
  if (isExpired(token, now)) {
    throw unauthorized('token-expired');
  }
  if (token.skn === undefined) {
    throw unauthorized('token-too-wide');
  }
  return bySignatureOfPolicy(token, trust, token.skn);
}

async function bySignatureOfPolicy(token: SasToken, trust: HubTrust, name: string): Promise<Authenticated> {
  const policy = await trust.policy(name);
  if (policy === undefined) {
    throw unauthorized('unknown-policy');
  }
  const key = signer(token, policy.keys);
  if (key === undefined) {
    throw unauthorized('wrong-signature');
  }
  if (!policy.deviceConnect) {
    throw unauthorized('policy-without-right');
  }
  return {
    method: AUTHENTICATION_METHOD.policy,
    expiresAt: tokenExpiry(token),
    reliesOn: { policy: name, key },
  };
}

function signer(token: SasToken, keys: readonly string[]): string | undefined {
  return keys.find((key) => key !== '' && verifySasSignature(token, sasKeyFromBase64(key)));
}

function readToken(text: string): SasToken {
  try {
    return parseSasToken(text);
  } catch (error) {
    throw isHubError(error) ? unauthorized('malformed-token') : error;
  }
}

function resourceOf(token: SasToken) {
  try {
    return sasResource(token);
  } catch (error) {
    throw isHubError(error) ? unauthorized('malformed-token') : error;
  }
}
