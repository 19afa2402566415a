import { setTimeout as pass } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '@mooring/clock';
import { HubError } from '@mooring/errors';
import { type RedisPart, startRedis } from '@mooring/test-parts';
import { Redis } from 'ioredis';
import { openAffinity } from '../open.js';
import type { Affinity, Holder } from '../port.js';

const TIMEOUT_MS = 2000;
const LONG_MS = 600_000;
const EDGE: Holder = { edge: 'e1', incarnation: 'i1', connection: 'c1' };

let redis: RedisPart;
let affinity: Affinity;
let skews: number[];
const others: Affinity[] = [];

async function open(): Promise<Affinity> {
  const onSkew = (skewMs: number): void => void skews.push(skewMs);
  return openAffinity({ kind: 'redis', clock: new SystemClock(), url: redis.url, timeoutMs: TIMEOUT_MS, onSkew });
}

/** Until a call is answered again. */
async function recovered<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof HubError) || attempt > 400) {
        throw error;
      }
      await pass(50);
    }
  }
}

async function expectRefusals(): Promise<void> {
  const calls: (() => Promise<unknown>)[] = [
    () => affinity.renewLease({ process: 'e1', incarnation: 'i1' }, LONG_MS),
    () => affinity.claim('d1', { ...EDGE, connection: 'late' }),
    () => affinity.reclaim('d1', { ...EDGE, epoch: 1 }),
    () => affinity.release('d1', 1),
    () => affinity.holders(['d1', 'd2']),
    () => affinity.locate(['d1', 'd2']),
    () => affinity.liveProcesses(),
    () => affinity.claimOwnership('p', { receiver: 'r', process: 'e1', incarnation: 'i1', level: 1 }),
  ];
  for (const outcome of await Promise.allSettled(calls.map((call) => call()))) {
    expect(outcome.status === 'rejected' && outcome.reason instanceof HubError && outcome.reason.error).toBe(
      'ServiceUnavailable',
    );
  }
  expect(await affinity.deficiency()).toMatch(/^Redis cannot be reached/);
}

describe('affinity in a Redis that fails', () => {
  beforeEach(async () => {
    skews = [];
    redis = await startRedis();
    affinity = await open();
    await affinity.renewLease({ process: 'e1', incarnation: 'i1' }, LONG_MS);
  });

  afterEach(async () => {
    redis.thaw();
    await Promise.all([affinity, ...others.splice(0)].map((each) => each.close()));
    await redis.close();
  });

  it('refuses while Redis is gone, recovers by itself, and knows that its lease is lost', async () => {
    const { epoch } = await affinity.claim('d1', EDGE);
    await redis.kill();
    await expectRefusals();
    await redis.start();
    expect(await recovered(() => affinity.renewLease({ process: 'e1', incarnation: 'i1' }, LONG_MS))).toBe(false);
    expect(await affinity.renewLease({ process: 'e1', incarnation: 'i2' }, LONG_MS)).toBe(true);
    expect(await affinity.reclaim('d1', { ...EDGE, incarnation: 'i2', epoch })).toBe(true);
    const next = await affinity.claim('d1', { ...EDGE, incarnation: 'i2', connection: 'c2' });
    expect(next.epoch).toBeGreaterThan(epoch);
    expect(next.previous?.epoch).toBe(epoch);
    expect(await affinity.deficiency()).toBeUndefined();
  }, 60_000);

  it('knows that its lease is lost after Redis was emptied', async () => {
    const { epoch } = await affinity.claim('d1', EDGE);
    await redis.flush();
    expect(await affinity.renewLease({ process: 'e1', incarnation: 'i1' }, LONG_MS)).toBe(false);
    expect(await affinity.holders(['d1'])).toEqual([undefined]);
    await affinity.renewLease({ process: 'e1', incarnation: 'i2' }, LONG_MS);
    expect((await affinity.claim('d1', { ...EDGE, incarnation: 'i2' })).epoch).toBeGreaterThan(epoch);
  });

  it('opens though Redis is not there yet', async () => {
    await redis.kill();
    const early = await open();
    others.push(early);
    await expect(early.claim('d1', EDGE)).rejects.toThrow(HubError);
    expect(await early.deficiency()).toMatch(/^Redis cannot be reached/);
    await redis.start();
    expect(await recovered(() => early.renewLease({ process: 'e9', incarnation: 'i9' }, LONG_MS))).toBe(true);
  }, 60_000);

  it('refuses while Redis stands still, and what was refused is not carried out later', async () => {
    const { epoch } = await affinity.claim('d1', EDGE);
    redis.freeze();
    await expectRefusals();
    await pass(TIMEOUT_MS);
    redis.thaw();
    const holders = await recovered(() => affinity.holders(['d1']));
    expect(holders).toEqual([{ ...EDGE, epoch }]);
    const owner = { receiver: 'r0', process: 'e1', incarnation: 'i1', level: 0 };
    expect(await affinity.claimOwnership('p', owner)).toEqual({ granted: true });
  }, 60_000);

  it('goes on when Redis has forgotten the scripts', async () => {
    await affinity.claim('d1', EDGE);
    const admin = new Redis(redis.url);
    await admin.script('FLUSH');
    admin.disconnect();
    expect((await affinity.claim('d1', { ...EDGE, connection: 'c2' })).previous?.connection).toBe('c1');
  });

  it('tells two processes apart that share it, and the skew of their clocks', async () => {
    const other = await open();
    others.push(other);
    await other.renewLease({ process: 'e2', incarnation: 'j1' }, LONG_MS);
    const one = await affinity.claim('d1', EDGE);
    const two = await other.claim('d1', { edge: 'e2', incarnation: 'j1', connection: 'c1' });
    expect(two.previous).toEqual({ ...EDGE, epoch: one.epoch });
    expect(await affinity.holders(['d1'])).toEqual(await other.holders(['d1']));
    await affinity.endLease('e1', 'i1');
    expect(await other.liveProcesses()).toEqual([{ process: 'e2', incarnation: 'j1' }]);
    expect(skews.length).toBeGreaterThan(3);
    // The same machine's clock, at worst a whole call away.
    expect(Math.max(...skews.map(Math.abs))).toBeLessThan(TIMEOUT_MS);
  });

  it('complains of a Redis that drops keys, or that is a replica', async () => {
    const admin = new Redis(redis.url);
    await admin.config('SET', 'maxmemory', '100mb');
    expect(await affinity.deficiency()).toBeUndefined();
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
    expect(await affinity.deficiency()).toMatch(/noeviction/);
    await admin.replicaof('127.0.0.1', '1');
    expect(await affinity.deficiency()).toMatch(/replica/);
    admin.disconnect();
  });

  it('writes nothing for a connected device that is idle', async () => {
    await affinity.claim('d1', EDGE);
    const admin = new Redis(redis.url);
    expect(await admin.pttl('mooring:{d1}:holder')).toBe(-1);
    admin.disconnect();
  });
});
