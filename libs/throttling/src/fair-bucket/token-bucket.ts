/** Tokens that come at a steady rate, and are kept up to a number. All times are of the monotonic clock, in milliseconds. */
export class TokenBucket {
  private tokens: number;
  private countedAt: number;

  constructor(
    private ratePerMs: number,
    private capacity: number,
    now: number,
  ) {
    this.tokens = capacity;
    this.countedAt = now;
  }

  get perMs(): number {
    return this.ratePerMs;
  }

  get size(): number {
    return this.capacity;
  }

  /** What is there counts on; from now on others come. */
  change(ratePerMs: number, capacity: number, now: number): void {
    this.available(now);
    this.ratePerMs = ratePerMs;
    this.capacity = capacity;
    this.tokens = Math.min(this.tokens, capacity);
  }

  available(now: number): number {
    if (now > this.countedAt) {
      this.tokens = Math.min(this.capacity, this.tokens + (now - this.countedAt) * this.ratePerMs);
      this.countedAt = now;
    }
    return this.tokens;
  }

  take(tokens: number): void {
    this.tokens -= tokens;
  }
}
