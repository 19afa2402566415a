import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Clock, ManualClock } from '@mooring/clock';
import { createLogger, createMetrics } from '@mooring/observability';
import type { monitoring } from '@mooring/proto';
import { DailyQuota, meteredMessages, REPORT_MS } from './daily-quota.js';

const NOON = Date.UTC(2026, 0, 1, 12);
const HALF_DAY_MS = 12 * 3_600_000;

let clock: ManualClock;
let counts: Map<string, number>;
let isAway: boolean;
beforeEach(() => {
  clock = new ManualClock(NOON);
  counts = new Map();
  isAway = false;
});

/** The owner, as simply as it can be. */
const owner = {
  async reportUsage({ process, incarnation, day, messages }: monitoring.ReportUsageRequest) {
    if (isAway) {
      throw new Error('away');
    }
    const key = `${day}/${process}/${incarnation}`;
    counts.set(key, Math.max(messages, counts.get(key) ?? 0));
    const ofDay = [...counts].filter(([name]) => name.startsWith(`${day}/`));
    return { totalMessages: ofDay.reduce((sum, [, count]) => sum + count, 0) };
  },
};

async function start(process: string, incarnation = '1', by: Clock = clock): Promise<DailyQuota> {
  const parts = { clock: by, logger: createLogger('test', 'silent'), metrics: createMetrics() };
  const quota = DailyQuota.open({ limit: 10, process, incarnation, ...parts });
  if (quota === undefined) {
    throw new TypeError('a limit was given');
  }
  await quota.start(owner);
  return quota;
}

async function pass(ms = REPORT_MS): Promise<void> {
  clock.advance(ms);
  await new Promise((resolve) => setImmediate(resolve));
}

describe('the daily quota', () => {
  it('is used up by all processes together, and is there again at midnight', async () => {
    const [a, b] = [await start('a'), await start('b')];
    expect([a.take(6), b.take(3)]).toEqual([true, true]);
    await pass();
    await pass();
    expect([a.used, b.used]).toEqual([9, 9]);
    expect([a.take(1), a.take(1)]).toEqual([true, false]);
    await pass();
    await pass();
    expect(() => b.admit(1)).toThrow(expect.objectContaining({ error: 'IotHubQuotaExceeded' }));
    expect([a.refused, b.refused]).toEqual([1, 1]);
    await pass(HALF_DAY_MS);
    expect([a.used, b.take(1)]).toEqual([0, true]);
  });

  it('counts what a process took before it was started again', async () => {
    const first = await start('a');
    first.take(10);
    await first.stop();
    const again = await start('a', '2');
    expect([again.used, again.take(1)]).toEqual([10, false]);
  });

  it('counts once what is told again', async () => {
    const quota = await start('a');
    quota.take(4);
    await pass();
    await pass();
    await pass();
    expect(quota.used).toBe(4);
  });

  it('goes on by what is known while its owner is away', async () => {
    const [a, b] = [await start('a'), await start('b')];
    b.take(5);
    await pass();
    await pass();
    isAway = true;
    expect(a.take(5)).toBe(true);
    await pass();
    expect([a.used, a.take(1), b.take(1)]).toEqual([10, false, true]);
    isAway = false;
    await pass();
    await pass();
    expect([a.used, b.used, b.take(1)]).toEqual([11, 11, false]);
  });

  it('does not begin anew when the clock is set back over midnight', async () => {
    let backMs = 0;
    const set = { now: () => clock.now() - backMs };
    await pass(HALF_DAY_MS + 1_000);
    const quota = await start('a', '1', Object.assign(Object.create(clock), set));
    quota.take(10);
    backMs = 60_000;
    await pass();
    expect(quota.take(1)).toBe(false);
    await pass(120_000);
    expect(quota.take(1)).toBe(false);
  });

  it('counts blocks of 4 KB', () => {
    expect([0, 1, 4_096, 4_097, 262_144].map(meteredMessages)).toEqual([1, 1, 1, 2, 64]);
  });
});
