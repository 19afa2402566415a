import { describe, expect, it } from '@jest/globals';
import { LatencyHistogram } from './latency-histogram.js';

describe('LatencyHistogram', () => {
  it('finds quantiles within two per cent', () => {
    const histogram = new LatencyHistogram();
    for (let ms = 1; ms <= 1000; ms++) {
      histogram.add(ms);
    }
    expect(histogram.count).toBe(1000);
    expect(Math.abs(histogram.quantile(0.5) / 500 - 1)).toBeLessThan(0.03);
    expect(Math.abs(histogram.quantile(0.99) / 990 - 1)).toBeLessThan(0.03);
    histogram.clear();
    expect([histogram.count, histogram.quantile(0.5)]).toEqual([0, 0]);
  });
});
