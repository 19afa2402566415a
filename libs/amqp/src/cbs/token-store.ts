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
  /** What the token gives, to whoever it gives something. */
  claims: readonly TokenClaims[];
  readonly bearers: Map<TokenBearer, Admits>;
}

/** The tokens that one connection has put, by audience, and the links that rely on each. */
export class TokenStore {
  private readonly entries = new Map<string, Entry>();
  private readonly reliesOn = new Map<TokenBearer, Entry>();
  private timer: Timer | undefined;
  private disposed = false;

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
  put(audience: string, claims: readonly TokenClaims[]): void {
    if (this.disposed) {
      // Judged while its connection went away: a timer would keep it until it expires.
      return;
    }
    const entry = this.entries.get(audience);
    if (entry === undefined) {
      if (this.entries.size >= this.maxTokens) {
        throw new HubError('IotHubMaxCbsTokenExceeded', 'The connection has put too many tokens.');
      }
      this.entries.set(audience, { claims, bearers: new Map() });
    } else {
      entry.claims = claims;
      this.moveOthers(entry, 'The new token does not admit this link.');
    }
    this.watch();
  }

  /**
   * Finds a token that admits the bearer, which relies on it from then on.
   *
   * @throws HubError `IotHubUnauthorized` if there is none
   */
  authorise(bearer: TokenBearer, admits: Admits): TokenClaims {
    const claims = this.rely(bearer, admits);
    if (claims === undefined) {
      throw new HubError('IotHubUnauthorized', 'No token that was put admits this link.');
    }
    return claims;
  }

  release(bearer: TokenBearer): void {
    this.reliesOn.get(bearer)?.bearers.delete(bearer);
    this.reliesOn.delete(bearer);
  }

  /** Asks of each token whether it is still good, and forgets those that are not. */
  async review(): Promise<void> {
    await Promise.all(
      [...this.entries].map(async ([audience, entry]) => {
        const { claims } = entry;
        const good = await Promise.all(claims.map(isStillGood));
        if (good.includes(false) && this.entries.get(audience)?.claims === claims) {
          const kept = claims.filter((_, index) => good[index]);
          this.keep([audience, entry], kept, 'The key of the token is good no longer.');
        }
      }),
    );
  }

  dispose(): void {
    this.disposed = true;
    this.timer?.cancel();
    this.entries.clear();
    this.reliesOn.clear();
  }

  private rely(bearer: TokenBearer, admits: Admits): TokenClaims | undefined {
    const now = this.clock.now();
    for (const entry of this.entries.values()) {
      const found = entry.claims.find((claims) => claims.expiresAt > now && admits(claims));
      if (found !== undefined) {
        entry.bearers.set(bearer, admits);
        this.reliesOn.set(bearer, entry);
        return found;
      }
    }
    return undefined;
  }

  /** Lets a token give no more than this. */
  private keep([audience, entry]: readonly [string, Entry], claims: readonly TokenClaims[], why: string): void {
    entry.claims = claims;
    if (claims.length === 0) {
      this.entries.delete(audience);
    }
    this.moveOthers(entry, why);
  }

  /** Whom a token admits no more relies on another, or is told that there is none. */
  private moveOthers(entry: Entry, why: string): void {
    for (const [bearer, admits] of [...entry.bearers]) {
      if (!entry.claims.some(admits)) {
        this.release(bearer);
        if (this.rely(bearer, admits) === undefined) {
          bearer.revoked(new HubError('IotHubUnauthorized', why));
        }
      }
    }
  }

  private watch(): void {
    this.timer?.cancel();
    this.timer = undefined;
    let next = Number.POSITIVE_INFINITY;
    for (const { claims } of this.entries.values()) {
      for (const { expiresAt } of claims) {
        next = Math.min(next, expiresAt);
      }
    }
    if (next !== Number.POSITIVE_INFINITY) {
      const wait = Math.min(Math.max(0, next - this.clock.now()), LONGEST_WAIT_MS);
      this.timer = this.clock.after(wait, () => this.expire());
    }
  }

  private expire(): void {
    const now = this.clock.now();
    for (const [audience, entry] of [...this.entries]) {
      const kept = entry.claims.filter(({ expiresAt }) => expiresAt > now);
      if (kept.length < entry.claims.length) {
        this.keep([audience, entry], kept, 'The token has expired.');
      }
    }
    this.watch();
  }
}

async function isStillGood(claims: TokenClaims): Promise<boolean> {
  return await Promise.resolve(claims.stillGood?.() ?? true).catch(() => false);
}
