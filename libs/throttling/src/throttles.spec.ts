import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import { loadConfiguration } from '@mooring/config';
import { createMetrics } from '@mooring/observability';
import { meteredKb, throttleLimits } from './throttle-limits.js';
import { Throttles } from './throttles.js';

const settings = (environment: Record<string, string> = {}) => loadConfiguration(environment).settings;

function open(environment: Record<string, string>) {
  const clock = new ManualClock();
  const metrics = createMetrics();
  return { clock, metrics, throttles: Throttles.open({ settings: settings(environment), clock, metrics }) };
}

describe('limits', () => {
  it("are those of Azure's units, or what is set", () => {
    const perUnits = (units: number) =>
      Object.values(throttleLimits(settings({ MOORING_UNITS: String(units) }))).map(({ amount }) => amount);
    expect(perUnits(1)).toEqual([100, 100, 100, 100, 1_000, 160, 20, 100, 50]);
    expect(perUnits(100)).toEqual([10_000, 1_200, 1_200, 10_000, 100_000, 16_000, 2_000, 1_000, 500]);
    const set = throttleLimits(settings({ MOORING_UNITS: '7', MOORING_THROTTLE_D2C_SENDS_PER_SECOND: '3' }));
    expect(set['d2c-sends']).toEqual({ amount: 3, perMs: 1_000 });
  });

  it('meter payloads of methods in steps of 4 KB', () => {
    expect([0, 1, 4_096, 4_097, 131_072].map(meteredKb)).toEqual([4, 4, 4, 8, 128]);
  });
});

describe('throttles', () => {
  const ON = { MOORING_THROTTLING: 'true', MOORING_THROTTLE_BACKLOG_SECONDS: '2' };

  it('are none unless they are turned on', async () => {
    const { throttles, metrics } = open({});
    expect(throttles).toBeUndefined();
    expect(await metrics.metrics()).not.toContain('limit=');
  });

  it('hold back, then refuse, and count both', async () => {
    const { throttles, metrics, clock } = open({ ...ON, MOORING_THROTTLE_QUERIES_PER_MINUTE: '60' });
    const throttle = throttles?.get('queries');
    const outcomes = await Promise.all([
      ...Array.from({ length: 62 }, () => throttle?.admit('p').then(() => 'admitted')),
      throttle?.admit('p', 1).catch((error: unknown) => error),
      clock.advance(3_000),
    ]).catch((error: unknown) => error);
    expect(outcomes).toMatchObject({ code: 429001, retryAfterSeconds: 2 });
    const text = await metrics.metrics();
    expect(text).toContain('mooring_throttling_operations_total{limit="queries",outcome="delayed"} 2');
    expect(text).toContain('mooring_throttling_operations_total{limit="queries",outcome="refused"} 2');
    expect(text).toContain('mooring_throttling_limit_per_second{limit="queries"} 1');
  });

  it('refuse at once what has waited elsewhere for too long', () => {
    const { throttles, clock } = open({ ...ON, MOORING_THROTTLE_D2C_SENDS_PER_SECOND: '2' });
    const throttle = throttles?.get('d2c-sends');
    clock.advance(10_000);
    const told: string[] = [];
    const outcome = { admitted: () => told.push('admitted'), refused: () => told.push('refused') };
    while (throttle?.take('d', 1)) {
      told.push('taken');
    }
    throttle?.wait('d', { cost: 1, since: 7_000 }, outcome);
    throttle?.wait('d', { cost: 1, since: 9_000 }, outcome);
    expect(told).toEqual(['taken', 'taken', 'refused']);
    clock.advance(1_000);
    expect(told).toEqual(['taken', 'taken', 'refused', 'admitted']);
  });
});
