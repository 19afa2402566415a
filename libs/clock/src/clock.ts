/** A timer that has been started; cancelling it twice, or after it fired, does nothing. */
export interface Timer {
  cancel(): void;
}

/**
 * Time as the hub sees it. Expiry (tokens, messages) is judged by wall time, durations (keep-alive, leases, linger) by the
 * monotonic clock; everything that waits or expires takes a Clock, so that tests move time instead of sleeping.
 */
export interface Clock {
  /** Wall time in milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds on a clock that never goes back; only differences mean anything. */
  monotonic(): number;
  /** Calls `action` once, `delayMs` from now by the monotonic clock. The timer alone never keeps the process alive. */
  after(delayMs: number, action: () => void): Timer;
  /** Calls `action` every `periodMs` until cancelled. */
  every(periodMs: number, action: () => void): Timer;
}
