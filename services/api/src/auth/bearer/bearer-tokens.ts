import type { Agent } from 'node:https';
import type { Clock } from '@mooring/clock';
import { HubError } from '@mooring/errors';
import type { Grant } from '../grant.js';
import { IssuerKeys } from './issuer-keys.js';
import { OidcTokens } from './oidc-tokens.js';

/** Judges the bearer tokens that an identity provider gave to back ends. */
export interface BearerTokens {
  /**
   * @param token a JWT, without `Bearer` before it
   * Rejects with a HubError: `IotHubUnauthorized` for whatever is wrong with the token, `ServiceUnavailable` if its issuer
   * cannot be asked for its keys.
   */
  authenticate(token: string): Promise<Grant>;
}

/** Where no issuer is configured. */
export const NO_BEARER_TOKENS: BearerTokens = {
  authenticate: async () => {
    throw new HubError(
      'IotHubUnauthorized',
      'Bearer tokens are not taken, as no OpenID Connect issuer is configured: use a shared access signature.',
    );
  },
};

export interface BearerTokensOptions {
  /** `https://…`, as its tokens name it (`iss`); undefined: bearer tokens are refused. */
  readonly issuer: string | undefined;
  /** What the tokens must be meant for (`aud`). */
  readonly audience: string;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  /** For requests to the issuer; default: Node's own, which trusts the authorities of the system. */
  readonly agent?: Agent;
}

/** The issuer is asked for its keys when the first token comes. */
export function openBearerTokens({ issuer, audience, clock, agent }: BearerTokensOptions): BearerTokens {
  if (issuer === undefined) {
    return NO_BEARER_TOKENS;
  }
  return new OidcTokens({ issuer, audience, clock, keys: new IssuerKeys({ issuer, clock, agent }) });
}
