/** Buckets grow by 2 % each, from 10 µs on. */
const SMALLEST_MS = 0.01;
const GROWTH = Math.log(1.02);
const BUCKETS = 1024;

/** Latencies in buckets of 2 %: any number of them in constant memory. */
export class LatencyHistogram {
  private readonly buckets = new Uint32Array(BUCKETS);
  count = 0;

  add(ms: number): void {
    const bucket = Math.floor(Math.log(Math.max(ms, SMALLEST_MS) / SMALLEST_MS) / GROWTH);
    const index = Math.min(bucket, BUCKETS - 1);
    this.buckets[index] = (this.buckets[index] ?? 0) + 1;
    this.count++;
  }

  /** Upper bound in milliseconds of the bucket that holds the quantile; 0 if there is nothing. */
  quantile(q: number): number {
    let left = q * this.count;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.buckets[bucket] ?? 0;
      if (left <= 0 && this.count > 0) {
        return SMALLEST_MS * Math.exp((bucket + 1) * GROWTH);
      }
    }
    return 0;
  }

  clear(): void {
    this.buckets.fill(0);
    this.count = 0;
  }
}
