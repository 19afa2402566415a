import type { Clock, Timer } from '@mooring/clock';

/** The clock of a process that can be frozen: time goes on, and what falls due meanwhile happens when it is thawed. */
export class EdgeClock implements Clock {
  frozen = false;
  private missed: (() => void)[] = [];

  constructor(private readonly world: Clock) {}

  now(): number {
    return this.world.now();
  }

  monotonic(): number {
    return this.world.monotonic();
  }

  after(delayMs: number, action: () => void): Timer {
    let isCancelled = false;
    const timer = this.world.after(delayMs, () => this.run(() => isCancelled || action()));
    return {
      cancel: () => {
        isCancelled = true;
        timer.cancel();
      },
    };
  }

  every(periodMs: number, action: () => void): Timer {
    let isMissed = false;
    return this.world.every(periodMs, () => {
      if (!isMissed) {
        isMissed = this.frozen;
        this.run(() => {
          isMissed = false;
          action();
        });
      }
    });
  }

  /** Does something of the process: now, or when it is thawed. */
  run(action: () => void): void {
    if (this.frozen) {
      this.missed.push(action);
    } else {
      action();
    }
  }

  /** An answer reaches the process only while that runs. */
  async reaches<T>(answer: Promise<T>): Promise<T> {
    const settled = await answer.then(
      (value) => () => value,
      (error: unknown) => () => {
        throw error;
      },
    );
    await new Promise<void>((resolve) => this.run(resolve));
    return settled();
  }

  thaw(): void {
    this.frozen = false;
    for (const action of this.missed.splice(0)) {
      this.run(action);
    }
  }
}
