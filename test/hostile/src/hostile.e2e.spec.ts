import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { sharedParts } from '@mooring/test-parts';
import { CERTIFICATES_GROUP } from './groups/certificates/index.js';
import { CROSS } from './groups/cross/index.js';
import { GROUPS } from './groups/index.js';
import { TOKENS } from './groups/tokens/index.js';
import { type RunResult, run } from './harness/run.js';
import { startOneProcess } from './harness/start-target.js';
import { wrongsOf } from './report.js';
import type { Group } from './stage.js';

/** What the hub may use at most, mapped files of its stores among it, on a machine so busy that its collector comes late. */
const HIGHEST_MIB = 1_024;
const FEWEST_TRIALS = 50;
const START_MS = 240_000;

function distributed(): Record<string, string> {
  const { kafkaBrokers, redisUrl, mongoUrl } = sharedParts();
  const name = `hostile-${randomBytes(6).toString('hex')}`;
  return {
    MOORING_KAFKA_BROKERS: kafkaBrokers.join(','),
    MOORING_REDIS_URL: redisUrl,
    MOORING_MONGO_URL: mongoUrl,
    MOORING_MONGO_DATABASE: name,
    MOORING_TOPIC_PREFIX: name,
    MOORING_REDIS_PREFIX: name,
  };
}

/** What depends on what is stored is tried on both kinds of stores. */
const RUNS: readonly (readonly [
  stores: string,
  environment: () => Record<string, string>,
  groups: readonly Group[],
])[] = [
  ['embedded', () => ({}), GROUPS],
  ['distributed', distributed, [TOKENS, CERTIFICATES_GROUP, CROSS]],
];

describe.each(RUNS)('a hub on %s stores that is sent hostile input', (_, environment, groups) => {
  let result: RunResult;
  beforeAll(async () => {
    result = await run({ groups, quick: true, seconds: 2, seed: 8 }, await startOneProcess(environment()));
  }, START_MS);

  it.each(groups.map(({ name, tries }) => [name, tries]))('withstands %s: %s', (name) => {
    const group = result.groups.find((one) => one.group.name === name);
    expect(group && wrongsOf(group)).toEqual([]);
    expect(group?.crashes).toBe(0);
    expect(group?.findings.tried).toBeGreaterThan(FEWEST_TRIALS);
    expect(group?.highestMiB).toBeLessThan(HIGHEST_MIB);
  });

  it('writes no secret', () => {
    expect(result.leaked).toBe(0);
  });
});
