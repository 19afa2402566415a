import { setTimeout as pass } from 'node:timers/promises';
import { SystemClock } from '@mooring/clock';
import { startRedis } from '@mooring/test-parts';
import { describeAffinity } from '../contract/index.js';
import { openAffinity } from '../open.js';

describeAffinity('Redis', async () => {
  const redis = await startRedis();
  const affinity = await openAffinity({ kind: 'redis', clock: new SystemClock(), url: redis.url, timeoutMs: 20_000 });
  return {
    affinity: () => affinity,
    empty: () => redis.flush(),
    pass: async (ms) => {
      await pass(ms);
    },
    close: async () => {
      await affinity.close();
      await redis.close();
    },
  };
});
