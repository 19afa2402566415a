import { Redis } from 'ioredis';

const MIN_RETRY_MS = 50;
const MAX_RETRY_MS = 1000;

export interface RedisConnectionOptions {
  /** `redis://` or `rediss://`, with user, password and database where needed. */
  readonly url: string;
  /** Milliseconds within which each call ends, one way or the other. */
  readonly timeoutMs: number;
  /** Told each failure of the connection, which is tried again in any case. */
  readonly onError: (error: Error) => void;
}

/**
 * A client that refuses at once while Redis cannot be reached, queues nothing for later, repeats nothing by itself (a claim
 * that was carried out twice would displace another), and connects again for ever.
 */
export function connectRedis({ url, timeoutMs, onError }: RedisConnectionOptions): Redis {
  const redis = new Redis(url, {
    lazyConnect: true,
    enableAutoPipelining: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: timeoutMs,
    // One batch is under way at a time: a command waits for the one before it, then for its own.
    commandTimeout: timeoutMs / 2,
    // Drops a connection on which nothing comes back, so that what waits there does not pile up.
    socketTimeout: timeoutMs,
    retryStrategy: (attempt) => Math.min(MIN_RETRY_MS * 2 ** Math.min(attempt, 10), MAX_RETRY_MS),
    // A master that became a replica: the address may lead to the new master.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  });
  redis.on('error', onError);
  return redis;
}
