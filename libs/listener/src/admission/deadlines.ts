import type { Duplex } from 'node:stream';
import type { Clock, Timer } from '@mooring/clock';

const SWEEP_MS = 1_000;

/** Destroys streams that do not get done in time: one sweep for all, instead of a timer for each. */
export class Deadlines {
  /** In the order of their deadlines, as all have the same time. */
  private readonly due = new Map<Duplex, number>();
  private readonly timer: Timer;

  constructor(
    private readonly clock: Clock,
    private readonly timeoutMs: number,
    private readonly expired: () => void,
  ) {
    this.timer = clock.every(SWEEP_MS, () => this.sweep());
  }

  start(stream: Duplex): void {
    this.due.set(stream, this.clock.monotonic() + this.timeoutMs);
  }

  done(stream: Duplex): void {
    this.due.delete(stream);
  }

  /** Destroys all that are not done. */
  close(): void {
    this.timer.cancel();
    for (const stream of this.due.keys()) {
      stream.destroy();
    }
    this.due.clear();
  }

  private sweep(): void {
    const now = this.clock.monotonic();
    for (const [stream, deadline] of this.due) {
      if (deadline > now) {
        return;
      }
      this.due.delete(stream);
      this.expired();
      stream.destroy();
    }
  }
}
