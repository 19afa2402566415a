import type { ProtocolFigures } from './messages.js';

/** Latencies of a window; at the few messages a second of honest devices all of them are kept. */
export class Latencies {
  private values: number[] = [];

  add(ms: number): void {
    this.values.push(ms);
  }

  /** Begins a new window. @returns the figures of the one that ends; 0 where there is nothing */
  take(): ProtocolFigures {
    const sorted = this.values.sort((a, b) => a - b);
    this.values = [];
    const quantile = (q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
    return { acknowledged: sorted.length, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
  }
}
