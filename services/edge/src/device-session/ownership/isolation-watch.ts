import type { Clock, Timer } from '@mooring/clock';
import { LEASE_MS } from './lease.js';

export interface IsolationWatchOptions {
  /** Time since the lease was last renewed. */
  readonly unrenewedMs: () => number;
  /** Time for which nothing has come through the event log. */
  readonly logSilenceMs: () => number;
  readonly isLogUnavailable: () => Promise<boolean>;
  /** Neither store was there for one lease. */
  readonly onIsolated: () => void;
  readonly clock: Clock;
}

const WATCH_MS = 1_000;
/** The event log is asked how it is before its answer is needed. */
const PROBE_AFTER_MS = (LEASE_MS * 2) / 3;

/** Without either store nobody could tell this process that a device is elsewhere by now. */
export class IsolationWatch {
  private timer: Timer | undefined;
  private isLogGone = false;
  private probing = false;

  constructor(private readonly options: IsolationWatchOptions) {}

  start(): void {
    this.timer = this.options.clock.every(WATCH_MS, () => this.look());
  }

  stop(): void {
    this.timer?.cancel();
  }

  private look(): void {
    const { unrenewedMs, logSilenceMs, onIsolated } = this.options;
    const aloneMs = Math.min(unrenewedMs(), logSilenceMs());
    if (aloneMs < PROBE_AFTER_MS) {
      this.isLogGone = false;
      return;
    }
    void this.probe();
    if (this.isLogGone && aloneMs > LEASE_MS - WATCH_MS) {
      onIsolated();
    }
  }

  private async probe(): Promise<void> {
    if (!this.probing) {
      this.probing = true;
      this.isLogGone = await this.options.isLogUnavailable();
      this.probing = false;
    }
  }
}
