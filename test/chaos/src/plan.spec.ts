import { expect, test } from '@jest/globals';
import { readPlan } from './plan.js';

test('runs every scenario unless some are named', () => {
  expect(readPlan([])?.scenarios.length).toBeGreaterThan(15);
  expect(readPlan([])?.scenarios.map(({ name }) => name)).not.toContain('soak');
  expect(readPlan(['kill-edge', 'freeze-kafka'])?.scenarios.map(({ name }) => name)).toEqual([
    'kill-edge',
    'freeze-kafka',
  ]);
  expect(() => readPlan(['flood'])).toThrow('there is no scenario flood');
});

test('reads how many devices, the seed, and that only a list is wanted', () => {
  expect(readPlan(['--seed', '7', '--devices', '12', '--from', 'v1'])).toMatchObject({
    seed: 7,
    devices: 12,
    from: 'v1',
  });
  expect(readPlan(['--limit', '300'])).toMatchObject({ limitMs: 300_000 });
  expect(readPlan(['--short'])).toMatchObject({ devices: 20, scenarios: [{ name: 'kill-edge-once' }] });
  expect(readPlan(['--list'])).toBeUndefined();
  expect(() => readPlan(['--devices', 'many'])).toThrow('--devices must be a positive number');
});
