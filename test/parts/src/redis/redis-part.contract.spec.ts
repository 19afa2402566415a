import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { type RedisPart, startRedis } from './redis-part.js';

let part: RedisPart;
let redis: Redis;

beforeAll(async () => {
  part = await startRedis();
  redis = new Redis(part.url, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
  redis.on('error', () => undefined);
});

afterAll(async () => {
  redis.disconnect();
  await part.close();
});

test('is emptied by a flush, and by a kill', async () => {
  await redis.set('a', '1');
  await part.flush();
  expect(await redis.get('a')).toBeNull();
  await redis.set('a', '2');
  await part.kill();
  await part.start();
  expect(await redis.get('a')).toBeNull();
});

test('answers nothing while frozen, and goes on when thawed', async () => {
  const impatient = new Redis(part.url, { commandTimeout: 300, retryStrategy: () => null });
  await impatient.ping();
  part.freeze();
  await expect(impatient.ping()).rejects.toThrow('Command timed out');
  part.thaw();
  expect(await impatient.ping()).toBe('PONG');
  impatient.disconnect();
});
