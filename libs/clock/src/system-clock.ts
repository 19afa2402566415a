import { performance } from 'node:perf_hooks';
import type { Clock, Timer } from './clock.js';

/** Longest delay that Node.js' timers take; a longer one would fire at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** The machine's own clocks. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }

  after(delayMs: number, action: () => void): Timer {
    let handle: NodeJS.Timeout;
    const arm = (remainingMs: number): void => {
      const step = Math.min(remainingMs, LONGEST_DELAY_MS);
      handle = setTimeout(() => (remainingMs > step ? arm(remainingMs - step) : action()), step);
      handle.unref();
    };
    arm(Math.max(0, delayMs));
    return { cancel: () => clearTimeout(handle) };
  }

  every(periodMs: number, action: () => void): Timer {
    const handle = setInterval(action, periodMs);
    handle.unref();
    return { cancel: () => clearInterval(handle) };
  }
}
