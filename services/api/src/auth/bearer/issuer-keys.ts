import type { Agent } from 'node:https';
import type { Clock } from '@mooring/clock';
import { HubError } from '@mooring/errors';
import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { type HttpsFetch, httpsFetch } from './https-fetch.js';

const TIMEOUT_MS = 5_000;
/** A token with an unknown key makes the keys be read again at most this often. */
const COOLDOWN_MS = 30_000;
const MAX_AGE_MS = 10 * 60_000;
/** After a failure the issuer is left alone for this long. */
const RETRY_AFTER_MS = 5_000;

/** What says that the keys were read, but none of them is the token's. */
const FAULTS_OF_TOKENS = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported];

const CONFIGURATION = z.object({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https$/ }) });

export interface IssuerKeysOptions {
  readonly issuer: string;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly agent: Agent | undefined;
}

/** The public keys of an OpenID Connect issuer, found through its configuration and read again as they change. */
export class IssuerKeys {
  private readonly fetch: HttpsFetch;
  private keys: Promise<JWTVerifyGetKey> | undefined;
  private failedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: IssuerKeysOptions) {
    this.fetch = httpsFetch(options.agent);
  }

  /** The key that a token says it was signed with. Rejects with jose's errors if the issuer has none such. */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    const { clock, issuer } = this.options;
    if (clock.monotonic() - this.failedAt < RETRY_AFTER_MS) {
      throw unavailable(issuer);
    }
    try {
      this.keys ??= this.discover();
      return await (await this.keys)(header, token);
    } catch (error) {
      if (FAULTS_OF_TOKENS.some((fault) => error instanceof fault)) {
        throw error;
      }
      this.failedAt = clock.monotonic();
      throw unavailable(issuer, error);
    }
  };

  /** [OpenID Connect Discovery 1.0, 4] */
  private async discover(): Promise<JWTVerifyGetKey> {
    const { issuer } = this.options;
    try {
      const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
      const response = await this.fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      const configuration = CONFIGURATION.parse(await response.json());
      if (configuration.issuer !== issuer) {
        throw new Error(`The configuration is of the issuer ${configuration.issuer}`);
      }
      return createRemoteJWKSet(new URL(configuration.jwks_uri), {
        timeoutDuration: TIMEOUT_MS,
        cooldownDuration: COOLDOWN_MS,
        cacheMaxAge: MAX_AGE_MS,
        [customFetch]: this.fetch,
      });
    } catch (error) {
      this.keys = undefined;
      throw error;
    }
  }
}

function unavailable(issuer: string, cause?: unknown): HubError {
  return new HubError('ServiceUnavailable', `The keys of the issuer ${issuer} cannot be read now.`, { cause });
}
