import type { Clock } from '@mooring/clock';
import { EmbeddedAffinity } from './embedded/embedded-affinity.js';
import type { Affinity } from './port.js';
import { connectRedis } from './redis/connection.js';
import { Keys } from './redis/keys.js';
import { RedisAffinity } from './redis/redis-affinity.js';

const DEFAULT_TIMEOUT_MS = 1000;
const DEFAULT_PREFIX = 'mooring';

export type AffinityOptions = EmbeddedAffinityOptions | RedisOptions;

export interface EmbeddedAffinityOptions {
  readonly kind: 'embedded';
  readonly clock: Clock;
}

export interface RedisOptions {
  readonly kind: 'redis';
  readonly clock: Clock;
  /** `redis://` or `rediss://`, with user, password and database where needed. */
  readonly url: string;
  /** Prefix of all keys, without braces; `mooring` if absent. */
  readonly prefix?: string;
  /** Milliseconds within which a round trip ends, one way or the other; a second if absent. */
  readonly timeoutMs?: number;
  /** Told Redis' time less our wall time, in milliseconds, at each claim and renewal. */
  readonly onSkew?: (skewMs: number) => void;
  /** Told each failure of the connection, which is made again by itself. */
  readonly onError?: (error: Error) => void;
}

/**
 * Opens the affinity store. Where Redis cannot be reached it is opened all the same: calls are refused, readiness tells why,
 * and it recovers by itself.
 */
export async function openAffinity(options: AffinityOptions): Promise<Affinity> {
  if (options.kind === 'embedded') {
    return new EmbeddedAffinity(options.clock);
  }
  const { clock, url, prefix = DEFAULT_PREFIX, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const { onSkew = ignore, onError = ignore } = options;
  const keys = new Keys(prefix);
  const redis = connectRedis({ url, timeoutMs, onError });
  try {
    await redis.connect();
  } catch {
    // Told to `onError` too; the client goes on trying.
  }
  return new RedisAffinity(redis, { clock, keys, timeoutMs, onSkew });
}

function ignore(): void {
  // Nobody wants to know.
}
