import type { Clock } from '@mooring/clock';
import type { Redis } from 'ioredis';
import { EPOCH_KEPT_MS, isSameHolder, REFILL_MS } from '../holder.js';
import type { Affinity, Claim, Held, Holder, Located, Owner, Ownership, ProcessLease } from '../port.js';
import { deficiencyOf } from './deficiency.js';
import { decodeHeld, decodeOwner, encodeHolder, encodeOwner, encodeReceiver } from './entries.js';
import type { Keys } from './keys.js';
import { RedisCalls } from './redis-calls.js';
import { RedisLeases } from './redis-leases.js';

export interface RedisAffinityOptions {
  readonly clock: Clock;
  readonly keys: Keys;
  /** Milliseconds within which a round trip ends, one way or the other. */
  readonly timeoutMs: number;
  readonly onSkew: (skewMs: number) => void;
}

/**
 * Affinity in Redis. An entry has no time to live: a connection may be idle for weeks, and renewing each would cost Redis
 * something for every connected device. What a dead edge leaves does not count and is overwritten by the next claim, which is
 * told of it: that edge may live and be cut off. There are at most as many entries as identities.
 */
export class RedisAffinity implements Affinity {
  readonly #calls: RedisCalls;
  readonly #leases: RedisLeases;
  readonly #keys: Keys;

  constructor(
    private readonly redis: Redis,
    options: RedisAffinityOptions,
  ) {
    this.#keys = options.keys;
    this.#calls = new RedisCalls(redis, options);
    this.#leases = new RedisLeases(this.#calls, options.keys, options.clock);
  }

  renewLease(lease: ProcessLease, ttlMs: number): Promise<boolean> {
    return this.#leases.renew(lease, ttlMs);
  }

  endLease(process: string, incarnation: string): Promise<void> {
    return this.#leases.end(process, incarnation);
  }

  liveProcesses(): Promise<readonly ProcessLease[]> {
    return this.#leases.live();
  }

  async claim(identity: string, holder: Holder): Promise<Claim> {
    const [, text, entry] = await this.#calls.script('affinityClaim', this.#keys.holder(identity), [
      encodeHolder(holder),
    ]);
    const epoch = Number(text);
    const previous = entry ? decodeHeld(entry) : undefined;
    if (previous === undefined || isSameHolder(previous, holder)) {
      return { epoch };
    }
    return (await this.#mayLive(previous)) ? { epoch, previous } : { epoch, lapsed: previous };
  }

  async reclaim(identity: string, held: Held): Promise<boolean> {
    const args = [String(held.epoch), encodeHolder(held)];
    const [, outcome] = await this.#calls.script('affinityReclaim', this.#keys.holder(identity), args);
    return outcome === 'yes';
  }

  async release(identity: string, epoch: number): Promise<void> {
    await this.#calls.script('affinityRelease', this.#keys.holder(identity), [String(epoch), String(EPOCH_KEPT_MS)]);
  }

  async holders(identities: readonly string[]): Promise<readonly (Held | undefined)[]> {
    const reads = Promise.all(
      identities.map(async (identity) => {
        const entry = await this.#calls.plain((redis) => redis.get(this.#keys.holder(identity)));
        return entry === null ? undefined : decodeHeld(entry);
      }),
    );
    const { entries, lives } = await this.#leases.alongside(reads, (held) => held?.edge);
    return entries.map((held) => (held !== undefined && lives(held.edge, held.incarnation) ? held : undefined));
  }

  async locate(identities: readonly string[]): Promise<Located> {
    const [holders, [now, since]] = await Promise.all([
      this.holders(identities),
      this.#calls.script('affinitySince', this.#keys.since(), []),
    ]);
    return { holders, complete: Number(now) - Number(since) > REFILL_MS * 1000 };
  }

  async claimOwnership(partition: string, owner: Owner): Promise<Ownership> {
    const ownership = await this.#own(partition, owner, '');
    if (ownership.current === undefined) {
      return { granted: true };
    }
    const { current } = ownership;
    if (await this.#leases.lives(current.process, current.incarnation)) {
      return ownership.granted ? { granted: true, previous: current } : { granted: false, owner: current };
    }
    if (ownership.granted) {
      return { granted: true };
    }
    // Whoever holds it is gone: tried again, and refused only if it is held by somebody else by now.
    const retried = await this.#own(partition, owner, encodeOwner(current));
    return retried.granted || retried.current === undefined
      ? { granted: true }
      : { granted: false, owner: retried.current };
  }

  async releaseOwnership(partition: string, receiver: string): Promise<void> {
    await this.#calls.script('affinityDisown', this.#keys.owner(partition), [encodeReceiver(receiver)]);
  }

  deficiency(): Promise<string | undefined> {
    return deficiencyOf(this.redis);
  }

  async close(): Promise<void> {
    this.redis.disconnect();
  }

  /** Who stood there, other than the claimer itself. */
  async #own(
    partition: string,
    owner: Owner,
    defunct: string,
  ): Promise<{ readonly granted: boolean; readonly current: Owner | undefined }> {
    const args = [String(owner.level), encodeReceiver(owner.receiver), encodeOwner(owner), defunct];
    const [, outcome, entry] = await this.#calls.script('affinityOwn', this.#keys.owner(partition), args);
    const current = entry && entry !== defunct ? decodeOwner(entry) : undefined;
    return { granted: outcome === 'yes', current: current?.receiver === owner.receiver ? undefined : current };
  }

  /** A claim that was granted is not failed by this read: who cannot be asked for is taken to live, and closed in vain. */
  async #mayLive({ edge, incarnation }: Held): Promise<boolean> {
    try {
      return await this.#leases.lives(edge, incarnation);
    } catch {
      return true;
    }
  }
}
