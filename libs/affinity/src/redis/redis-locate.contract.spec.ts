import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { SystemClock } from '@mooring/clock';
import { type RedisPart, startRedis } from '@mooring/test-parts';
import { Redis } from 'ioredis';
import { REFILL_MS } from '../holder.js';
import { openAffinity } from '../open.js';
import type { Affinity } from '../port.js';
import { Keys } from './keys.js';

let part: RedisPart;
let redis: Redis;
let affinity: Affinity;
beforeAll(async () => {
  part = await startRedis();
  redis = new Redis(part.url);
  affinity = await openAffinity({ kind: 'redis', clock: new SystemClock(), url: part.url, timeoutMs: 20_000 });
});
afterAll(async () => {
  redis?.disconnect();
  await affinity?.close();
  await part?.close();
});

async function complete(): Promise<boolean> {
  return (await affinity.locate(['d'])).complete;
}

/** As if the store had been filled for this long. */
async function filledFor(ms: number): Promise<void> {
  const since = (Date.now() - ms) * 1000;
  await redis.set(new Keys('mooring').since(), String(since));
}

it('is not sure of an absence until those that hold something have had the time to claim again', async () => {
  expect(await complete()).toBe(false);
  await filledFor(REFILL_MS * 2);
  expect(await complete()).toBe(true);
  await part.flush();
  expect(await complete()).toBe(false);
  expect(await complete()).toBe(false);
  await filledFor(REFILL_MS / 2);
  expect(await complete()).toBe(false);
});
