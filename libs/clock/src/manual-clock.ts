import type { Clock, Timer } from './clock.js';

interface Scheduled {
  at: number;
  readonly action: () => void;
  readonly periodMs: number | undefined;
}

/** A clock that stands still until a test advances it; timers fire in the order of their times. */
export class ManualClock implements Clock {
  private readonly scheduled = new Set<Scheduled>();
  private elapsedMs = 0;

  /** @param startedAt wall time in milliseconds at which the clock stands first */
  constructor(private readonly startedAt = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.startedAt + this.elapsedMs;
  }

  monotonic(): number {
    return this.elapsedMs;
  }

  after(delayMs: number, action: () => void): Timer {
    return this.schedule(delayMs, action, undefined);
  }

  every(periodMs: number, action: () => void): Timer {
    return this.schedule(periodMs, action, periodMs);
  }

  /** Moves both clocks on by `ms`, firing on the way what falls due, each timer at its own time. */
  advance(ms: number): void {
    const target = this.elapsedMs + ms;
    for (let next = this.nextDue(target); next !== undefined; next = this.nextDue(target)) {
      this.elapsedMs = Math.max(this.elapsedMs, next.at);
      if (next.periodMs === undefined) {
        this.scheduled.delete(next);
      } else {
        next.at += next.periodMs;
      }
      next.action();
    }
    this.elapsedMs = target;
  }

  private schedule(delayMs: number, action: () => void, periodMs: number | undefined): Timer {
    const entry: Scheduled = { at: this.elapsedMs + Math.max(0, delayMs), action, periodMs };
    this.scheduled.add(entry);
    return { cancel: () => void this.scheduled.delete(entry) };
  }

  private nextDue(target: number): Scheduled | undefined {
    let next: Scheduled | undefined;
    for (const entry of this.scheduled) {
      if (entry.at <= target && (next === undefined || entry.at < next.at)) {
        next = entry;
      }
    }
    return next;
  }
}
