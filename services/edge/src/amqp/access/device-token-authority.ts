import type { TokenAuthority, TokenRequest } from '@mooring/amqp';
import { parseSasToken, resourceCovers, type SasResource, sasResource } from '@mooring/credentials';
import { HubError, isHubError } from '@mooring/errors';
import { AdmissionRefused } from '../../device-session/admission-refused.js';
import type { Authenticated } from '../../device-session/authentication/authenticated.js';
import { decodedAgain } from '../../device-session/authentication/encoded-twice.js';
import { type DeviceIdentity, deviceIdentity } from '../../device-session/device-identity.js';
import type { AmqpContext } from '../amqp-context.js';
import { identityOfPath } from '../device-address.js';
import type { DeviceClaims } from './device-claims.js';
import { identityOfUser } from './plain-user.js';
import { refusal } from './refusals.js';

const NOBODY = deviceIdentity('');
/** Audiences of Event Hubs clients, which sign otherwise. */
const EVENT_HUBS = /^sb:/i;

/**
 * Judges the tokens that devices put, or give with PLAIN: signed by a key of the identity, or by a policy that connects devices,
 * then perhaps for many of them, up to the whole hub (.NET's connection pool puts such a one, of a group key, for all). What a
 * token was put for does not matter, only what it was signed for.
 */
export class DeviceTokenAuthority implements TokenAuthority {
  constructor(private readonly context: AmqpContext) {}

  matches({ kind, token, audience, via }: TokenRequest): boolean {
    if (via === 'plain') {
      return identityOfUser(audience, this.context.hostname) !== undefined;
    }
    const path = kind === 'sas' ? resourceOf(token)?.path : undefined;
    return (
      path !== undefined && (path.length === 0 ? !EVENT_HUBS.test(audience) : path[0]?.toLowerCase() === 'devices')
    );
  }

  async authorise({ token, audience, via, peer }: TokenRequest): Promise<DeviceClaims> {
    const resource = resourceOf(token);
    if (resource === undefined) {
      throw new HubError('IotHubUnauthorized', 'The password is not a shared access signature.');
    }
    const user = via === 'plain' ? identityOfUser(audience, this.context.hostname) : undefined;
    const named = user === undefined ? namedBy(resource) : [user];
    const { identity, authenticated } = await this.authenticate(named, token).catch((error: unknown) => {
      throw isOfService(resource, error)
        ? new HubError('IotHubUnauthorized', 'The token is of no policy with DeviceConnect.', { cause: error })
        : refusal(this.context, { identity: named[0] ?? NOBODY, peer }, error);
    });
    return {
      kind: 'device',
      token,
      authenticated,
      expiresAt: authenticated.expiresAt ?? Number.POSITIVE_INFINITY,
      covers: covers({ identity, resource, authenticated, onlyOne: user !== undefined }),
    };
  }

  /** @param named whom the token may be for, by how its resource is spelled; nobody: it is a policy's, for many */
  private async authenticate(named: readonly DeviceIdentity[], token: string): Promise<Proven> {
    const { sessions } = this.context;
    const [identity, other] = named;
    if (identity === undefined) {
      return { identity, authenticated: await sessions.checkPolicyToken(token) };
    }
    const presented = { token, certificates: () => [] };
    try {
      return { identity, authenticated: await sessions.check(identity, presented) };
    } catch (error) {
      if (other === undefined || !(error instanceof AdmissionRefused) || error.kind !== 'unauthorized') {
        throw error;
      }
      return { identity: other, authenticated: await sessions.check(other, presented) };
    }
  }
}

interface Proven {
  readonly identity: DeviceIdentity | undefined;
  readonly authenticated: Authenticated;
}

function namedBy(resource: SasResource): readonly DeviceIdentity[] {
  const again = decodedAgain(resource);
  return [resource, ...(again === undefined ? [] : [again])]
    .map(({ path }) => identityOfPath(path))
    .filter((identity) => identity !== undefined);
}

/** A token for the whole hub may be for what back ends do: that it connects no devices is nothing to be recorded. */
function isOfService({ path }: SasResource, error: unknown): boolean {
  return path.length === 0 && error instanceof AdmissionRefused && error.reason === 'policy-without-right';
}

interface Scope {
  readonly identity: DeviceIdentity | undefined;
  readonly resource: SasResource;
  readonly authenticated: Authenticated;
  /** Whoever gives a name of its own is nobody else, though the token were good for others too. */
  readonly onlyOne: boolean;
}

/** A policy's token is for all below what it was signed for, an identity's own for the identity. */
function covers({ identity, resource, authenticated, onlyOne }: Scope): (asked: DeviceIdentity) => boolean {
  if (authenticated.reliesOn === undefined || onlyOne) {
    return (asked) => asked.name === identity?.name;
  }
  return ({ deviceId, moduleId }) => {
    const path = ['devices', deviceId, ...(moduleId === '' ? [] : ['modules', moduleId])];
    return resourceCovers(resource, { host: resource.host, path });
  };
}

function resourceOf(token: string): SasResource | undefined {
  try {
    return sasResource(parseSasToken(token));
  } catch (error) {
    if (isHubError(error)) {
      return undefined;
    }
    throw error;
  }
}
