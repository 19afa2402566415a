import type { Clock, Timer } from '@mooring/clock';
import { HubError } from '@mooring/errors';
import type { TokenClaims } from './token-authority.js';

/** Timers hold no more than 2^31 ms; a farther expiry is looked at again then. */
const LONGEST_WAIT_MS = 24 * 60 * 60_000;

/** Relies on a token until it is released, or told that there is none for it any more. */
export interface TokenBearer {
  revoked(error: HubError): void;
}

export type Admits = (claims: TokenClaims) => boolean;

interface Entry {
  claims: TokenClaims;
  readonly bearers: Map<TokenBearer, Admits>;
}

/** The tokens that one connection has put, by audience, and the links that rely on each. */
export class TokenStore {
  private readonly entries = new Map<string, Entry>();
  private timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly maxTokens: number,
  ) {}

  /**
   * Takes a token in, in the place of an earlier one for the same audience: what relied on that goes on if the new one
   * admits it too.
   *
   * @throws HubError `IotHubMaxCbsTokenExceeded`
   */
  put(audience: string, claims: TokenClaims): void {
    const entry = this.entries.get(audience);
    if (entry === undefined) {
      if (this.entries.size >= this.maxTokens) {
        throw new HubError('IotHubMaxCbsTokenExceeded', 'The connection has put too many tokens.');
      }
      this.entries.set(audience, { claims, bearers: new Map() });
    } else {
      entry.claims = claims;
      for (const [bearer, admits] of [...entry.bearers]) {
        if (!admits(claims)) {
          this.move(entry, bearer, 'The new token does not admit this link.');
        }
      }
    }
    this.watch();
  }

  /**
   * Finds a token that admits the bearer, which relies on it from then on.
   *
   * @throws HubError `IotHubUnauthorized` if there is none
   */
  authorise(bearer: TokenBearer, admits: Admits): TokenClaims {
    const now = this.clock.now();
    for (const entry of this.entries.values()) {
      if (entry.claims.expiresAt > now && admits(entry.claims)) {
        entry.bearers.set(bearer, admits);
        return entry.claims;
      }
    }
    throw new HubError('IotHubUnauthorized', 'No token that was put admits this link.');
  }

  release(bearer: TokenBearer): void {
    for (const entry of this.entries.values()) {
      entry.bearers.delete(bearer);
    }
  }

  /** Asks of each token whether it is still good, and forgets those that are not. */
  async review(): Promise<void> {
    await Promise.all(
      [...this.entries].map(async ([audience, entry]) => {
        const { claims } = entry;
        const good = await Promise.resolve(claims.stillGood?.() ?? true).catch(() => false);
        if (!good && this.entries.get(audience)?.claims === claims) {
          this.drop(audience, entry, 'The key of the token is good no longer.');
        }
      }),
    );
  }

  dispose(): void {
    this.timer?.cancel();
    this.entries.clear();
  }

  private drop(audience: string, entry: Entry, why: string): void {
    this.entries.delete(audience);
    for (const bearer of [...entry.bearers.keys()]) {
      this.move(entry, bearer, why);
    }
  }

  private move(entry: Entry, bearer: TokenBearer, why: string): void {
    const admits = entry.bearers.get(bearer);
    entry.bearers.delete(bearer);
    const now = this.clock.now();
    for (const other of this.entries.values()) {
      if (admits !== undefined && other !== entry && other.claims.expiresAt > now && admits(other.claims)) {
        other.bearers.set(bearer, admits);
        return;
      }
    }
    bearer.revoked(new HubError('IotHubUnauthorized', why));
  }

  private watch(): void {
    this.timer?.cancel();
    this.timer = undefined;
    let next = Number.POSITIVE_INFINITY;
    for (const entry of this.entries.values()) {
      next = Math.min(next, entry.claims.expiresAt);
    }
    if (next !== Number.POSITIVE_INFINITY) {
      const wait = Math.min(Math.max(0, next - this.clock.now()), LONGEST_WAIT_MS);
      this.timer = this.clock.after(wait, () => this.expire());
    }
  }

  private expire(): void {
    const now = this.clock.now();
    for (const [audience, entry] of [...this.entries]) {
      if (entry.claims.expiresAt <= now) {
        this.drop(audience, entry, 'The token has expired.');
      }
    }
    this.watch();
  }
}
