import type { TokenAuthority, TokenRequest } from '@mooring/amqp';
import type { Clock } from '@mooring/clock';
import { parseSasToken, type SasResource, sasKeyFromText, sasResource } from '@mooring/credentials';
import { HubError } from '@mooring/errors';
import { requireRights } from '../../auth/grant.js';
import { PolicyAuthenticator } from '../../auth/policy-authenticator.js';
import type { PolicyDirectory } from '../../auth/policy-directory.js';
import type { EventHubClaims } from './event-hub-claims.js';

const AUDIENCE = /^sb:\/\/[^/]+/i;

export interface EventHubTokenAuthorityOptions {
  readonly policies: Pick<PolicyDirectory, 'find'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Names that the hub is called by. */
  readonly hostnames: readonly string[];
}

/**
 * Judges the tokens of Event Hubs clients: signed with the text of a policy's key, for `sb://host/events` or something below,
 * by a policy that may connect as a service.
 */
export class EventHubTokenAuthority implements TokenAuthority {
  private readonly authenticator: PolicyAuthenticator;

  constructor(private readonly options: EventHubTokenAuthorityOptions) {
    const { policies, clock } = options;
    this.authenticator = new PolicyAuthenticator({ policies, clock, signingKey: sasKeyFromText });
  }

  matches({ audience, via }: TokenRequest): boolean {
    return via === 'cbs' && AUDIENCE.test(audience);
  }

  async authorise({ kind, token, audience }: TokenRequest): Promise<EventHubClaims> {
    if (kind === 'bearer') {
      throw new HubError('IotHubUnauthorized', 'The built-in endpoint takes shared access signatures only.');
    }
    const targets = this.targets(audience);
    const bearer = await this.authenticator.authenticate(token, targets);
    requireRights(bearer, ['ServiceConnect']);
    return {
      kind: 'event-hub',
      policy: bearer.policy,
      expiresAt: bearer.expiresAtMs,
      resource: inLowerCase(sasResource(parseSasToken(token))),
      stillGood: async () => {
        requireRights(await this.authenticator.authenticate(token, targets), ['ServiceConnect']);
        return true;
      },
    };
  }

  /** The audience as it is written, at each name of the hub: a token must have been signed for it or something above it. */
  private targets(audience: string): readonly SasResource[] {
    const path = audience.replace(AUDIENCE, '').split('/').filter(Boolean);
    return this.options.hostnames.map((host) => ({ host, path }));
  }
}

function inLowerCase({ host, path }: SasResource): SasResource {
  return { host, path: path.map((segment) => segment.toLowerCase()) };
}
