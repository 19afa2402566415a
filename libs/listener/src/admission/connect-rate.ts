import type { Clock, Timer } from '@mooring/clock';

interface Waiting {
  readonly deadline: number;
  readonly start: () => void;
  readonly refuse: () => void;
}

export interface ConnectRateOptions {
  readonly clock: Clock;
  /** Starts a second. */
  readonly perSecond: number;
  /** A start that could not be made for so long is refused. */
  readonly maxWaitMs: number;
  /** More than these do not wait. */
  readonly maxWaiting: number;
}

/** How often it is looked whether those who wait can start. */
const TICK_MS = 20;
const COST = 1000;

/**
 * Bounds how many connections begin a second, since a TLS handshake costs a millisecond of CPU: after an outage all devices
 * come back at once, and handshakes that all proceed at the same time would all time out. First come, first served.
 */
export class ConnectRate {
  private readonly waiting: Waiting[] = [];
  private first = 0;
  /** Grows by `perSecond` in a millisecond; a start costs 1,000. */
  private credit: number;
  private refilledAt: number;
  private timer: Timer | undefined;

  constructor(private readonly options: ConnectRateOptions) {
    this.credit = options.perSecond * COST;
    this.refilledAt = options.clock.monotonic();
  }

  get length(): number {
    return this.waiting.length - this.first;
  }

  /** Calls `start` at once or later, or else `refuse`. */
  admit(start: () => void, refuse: () => void): void {
    this.refill();
    if (this.length === 0 && this.credit >= COST) {
      this.credit -= COST;
      start();
    } else if (this.length >= this.options.maxWaiting) {
      refuse();
    } else {
      this.waiting.push({ deadline: this.options.clock.monotonic() + this.options.maxWaitMs, start, refuse });
      this.timer ??= this.options.clock.every(TICK_MS, () => this.serve());
    }
  }

  /** Refuses all who wait. */
  close(): void {
    for (let next = this.next(); next !== undefined; next = this.next()) {
      next.refuse();
    }
    this.serve();
  }

  private serve(): void {
    this.refill();
    const now = this.options.clock.monotonic();
    for (let head = this.waiting[this.first]; head !== undefined; head = this.waiting[this.first]) {
      if (this.credit >= COST) {
        this.credit -= COST;
        this.next()?.start();
      } else if (head.deadline <= now) {
        this.next()?.refuse();
      } else {
        return;
      }
    }
    this.timer?.cancel();
    this.timer = undefined;
  }

  private next(): Waiting | undefined {
    const head = this.waiting[this.first];
    this.first++;
    if (this.first >= this.waiting.length || this.first >= 1024) {
      this.waiting.splice(0, this.first);
      this.first = 0;
    }
    return head;
  }

  private refill(): void {
    const now = this.options.clock.monotonic();
    const { perSecond } = this.options;
    this.credit = Math.min(perSecond * COST, this.credit + (now - this.refilledAt) * perSecond);
    this.refilledAt = now;
  }
}
