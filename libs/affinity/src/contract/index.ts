import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AffinityHarness } from './harness.js';
import { testIdentities } from './identities.js';
import { testLeases } from './leases.js';
import { testOwnership } from './ownership.js';

export type { AffinityHarness } from './harness.js';

/** The tests that every adapter of affinity must pass. */
export function describeAffinity(adapter: string, open: () => Promise<AffinityHarness>): void {
  describe(`affinity, ${adapter}`, () => {
    let harness: AffinityHarness;
    const current = (): AffinityHarness => harness;
    beforeAll(async () => {
      harness = await open();
    });
    afterAll(() => harness.close());

    describe('leases', () => testLeases(current));
    describe('identities', () => testIdentities(current));
    describe('ownership of partitions', () => testOwnership(current));

    it('has nothing to complain of', async () => {
      expect(await harness.affinity().deficiency()).toBeUndefined();
    });
  });
}
