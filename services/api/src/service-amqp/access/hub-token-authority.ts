import type { TokenAuthority, TokenRequest } from '@mooring/amqp';
import type { Clock } from '@mooring/clock';
import { parseSasToken, sasResource } from '@mooring/credentials';
import { HubError } from '@mooring/errors';
import type { BearerTokens } from '../../auth/bearer/bearer-tokens.js';
import { requireRights } from '../../auth/grant.js';
import { PolicyAuthenticator, type PolicyGrant } from '../../auth/policy-authenticator.js';
import type { PolicyDirectory } from '../../auth/policy-directory.js';
import { isHubAudience } from './audience.js';
import type { HubClaims } from './hub-claims.js';

/** `{policy}@sas.root.{hubName}`: the user of PLAIN. */
const PLAIN_USER = /^(.+)@sas\.root\.[^@]*$/i;

export interface HubTokenAuthorityOptions {
  readonly policies: Pick<PolicyDirectory, 'find'>;
  readonly bearerTokens: BearerTokens;
  readonly clock: Pick<Clock, 'now'>;
  /** Names that the hub is called by. */
  readonly hostnames: readonly string[];
}

/**
 * Judges the tokens of back ends for the hub itself: signatures of shared access policies with the decoded key, for the hub's
 * host or a part of it, put or given with PLAIN; and bearer tokens.
 */
export class HubTokenAuthority implements TokenAuthority {
  private readonly authenticator: PolicyAuthenticator;

  constructor(private readonly options: HubTokenAuthorityOptions) {
    this.authenticator = new PolicyAuthenticator(options);
  }

  matches({ audience, via }: TokenRequest): boolean {
    return via === 'plain' ? PLAIN_USER.test(audience) : isHubAudience(audience);
  }

  async authorise(request: TokenRequest): Promise<HubClaims> {
    if (request.kind === 'bearer') {
      const grant = await this.options.bearerTokens.authenticate(request.token);
      requireRights(grant, ['ServiceConnect']);
      return { kind: 'hub', rights: grant.rights, path: [], expiresAt: grant.expiresAtMs };
    }
    const { rights, expiresAtMs } = await this.judge(request);
    const { path } = sasResource(parseSasToken(request.token));
    return {
      kind: 'hub',
      rights,
      path: path.map((segment) => segment.toLowerCase()),
      expiresAt: expiresAtMs,
      stillGood: async () => {
        await this.judge(request);
        return true;
      },
    };
  }

  /** Rejects unless the token is of a policy of this hub that may connect as a service. */
  private async judge({ token, via, audience }: TokenRequest): Promise<PolicyGrant> {
    // Whatever part of the hub it was signed for: each link asks whether that is enough.
    const { path } = sasResource(parseSasToken(token));
    const targets = this.options.hostnames.map((host) => ({ host, path }));
    const grant = await this.authenticator.authenticate(token, targets);
    if (via === 'plain' && PLAIN_USER.exec(audience)?.[1] !== grant.policy) {
      throw new HubError('IotHubUnauthorized', 'The password was signed by another policy than the user names.');
    }
    requireRights(grant, ['ServiceConnect']);
    return grant;
  }
}
