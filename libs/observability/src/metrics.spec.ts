import { describe, expect, it } from '@jest/globals';
import { createMetrics } from './metrics.js';

describe('createMetrics', () => {
  it('makes a registry of its own each time, with the process metrics in it', async () => {
    const first = createMetrics();
    expect(createMetrics()).not.toBe(first);
    expect(await first.metrics()).toContain('process_cpu_seconds_total');
  });
});
