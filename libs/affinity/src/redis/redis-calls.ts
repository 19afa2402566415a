import type { Clock } from '@mooring/clock';
import { HubError } from '@mooring/errors';
import type { Redis } from 'ioredis';
import { RedisTime } from './redis-time.js';
import { defineScripts, type ScriptName, type ScriptReply } from './scripts.js';

/** Calls that may wait for Redis at a time: more than all connections that an edge admits within a call's time. */
const MAX_PENDING_CALLS = 20_000;

export interface RedisCallOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly onSkew: (skewMs: number) => void;
}

/** Calls to Redis: bounded in time and number, each failure told as `ServiceUnavailable`. */
export class RedisCalls {
  readonly #time: RedisTime;
  #pending = 0;

  constructor(
    private readonly redis: Redis,
    private readonly options: RedisCallOptions,
  ) {
    defineScripts(redis);
    this.#time = new RedisTime(options.clock, options.onSkew);
  }

  /** Runs a script on a key. */
  async script(name: ScriptName, key: string, args: readonly string[]): Promise<ScriptReply> {
    const reply = await this.#script(name, key, args);
    if (reply[1] !== 'late') {
      return reply;
    }
    // Nothing was done. Either the reply comes late indeed, or Redis' clock was set: by now its time is known.
    const again = await this.#script(name, key, args);
    if (again[1] === 'late') {
      throw unavailable(new Error('Redis answers late.'));
    }
    return again;
  }

  /** Makes a plain call, e.g. a read. */
  async plain<T>(call: (redis: Redis) => Promise<T>): Promise<T> {
    if (this.#pending >= MAX_PENDING_CALLS) {
      throw unavailable(new Error('Too many calls wait for Redis.'));
    }
    this.#pending++;
    try {
      return await call(this.redis);
    } catch (error) {
      throw unavailable(error);
    } finally {
      this.#pending--;
    }
  }

  async #script(name: ScriptName, key: string, args: readonly string[]): Promise<ScriptReply> {
    const sentAt = this.options.clock.monotonic();
    const deadline = this.#time.in(this.options.timeoutMs);
    const reply = await this.plain((redis) => redis[name](key, deadline, ...args));
    this.#time.observe(reply[0], sentAt);
    return reply;
  }
}

function unavailable(cause: unknown): HubError {
  return new HubError('ServiceUnavailable', 'The store that tells which edge holds a device cannot be reached.', {
    cause,
  });
}
