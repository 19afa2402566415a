import type { Clock } from '@mooring/clock';
import { HubError } from '@mooring/errors';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import type { Grant } from '../grant.js';
import type { BearerTokens } from './bearer-tokens.js';
import type { IssuerKeys } from './issuer-keys.js';
import { rightsOfRoles } from './role-rights.js';

/** Signatures that only the issuer can have made. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const MAX_TOKEN_LENGTH = 16 * 1024;
/** By which the issuer's clock may be ahead of the hub's. */
const CLOCK_TOLERANCE_SECONDS = 30;

export interface OidcTokensOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly keys: Pick<IssuerKeys, 'find'>;
}

/** Takes the tokens (JWT, RFC 7519) of one OpenID Connect issuer; their roles give their rights. */
export class OidcTokens implements BearerTokens {
  private readonly audiences: string[];

  constructor(private readonly options: OidcTokensOptions) {
    // Issuers write the audience of one and the same scope with a slash behind it or without.
    const bare = options.audience.replace(/\/$/, '');
    this.audiences = [bare, `${bare}/`];
  }

  async authenticate(token: string): Promise<Grant> {
    const { exp, ...claims } = await this.verify(token);
    const expiresAtMs = (exp ?? 0) * 1000;
    if (expiresAtMs <= this.options.clock.now()) {
      throw refused('The bearer token has expired.');
    }
    return { subject: 'The bearer token', rights: rightsOfRoles(claims['roles']), expiresAtMs };
  }

  private async verify(token: string): Promise<JWTPayload> {
    const { issuer, clock, keys } = this.options;
    if (token.length > MAX_TOKEN_LENGTH) {
      throw refused('The bearer token is too long.');
    }
    try {
      const { payload } = await jwtVerify(token, keys.find, {
        issuer,
        audience: this.audiences,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(clock.now()),
        requiredClaims: ['exp'],
      });
      return payload;
    } catch (error) {
      throw error instanceof errors.JOSEError ? refused(reasonOf(error), error) : error;
    }
  }
}

function reasonOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) {
    return 'The bearer token has expired.';
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return `The claim ${error.claim} of the bearer token is missing, or not what it must be here.`;
  }
  return 'The bearer token is not one that the configured issuer has signed.';
}

function refused(message: string, cause?: unknown): HubError {
  return new HubError('IotHubUnauthorized', message, { cause });
}
