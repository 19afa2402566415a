import type { AppendOrigin } from '../port.js';

/** How much may wait for its acknowledgement before origins are asked to stop. */
export interface AppendLimits {
  readonly records: number;
  readonly bytes: number;
}

const KEEP_ALIVE_MS = 60_000;

/** Counts what is outstanding and tells the origins that were asked to stop when half of it has gone. */
export class BackPressure {
  records = 0;
  bytes = 0;
  private readonly waiting = new Set<AppendOrigin>();
  private drainWaiters: (() => void)[] = [];

  constructor(private readonly limits: AppendLimits) {}

  add(records: number, bytes: number): void {
    this.records += records;
    this.bytes += bytes;
  }

  remove(records: number, bytes: number): void {
    this.records -= records;
    this.bytes -= bytes;
  }

  get full(): boolean {
    return this.records >= this.limits.records || this.bytes >= this.limits.bytes;
  }

  /** The origin will be told when there is room again. */
  hold(origin: AppendOrigin): void {
    this.waiting.add(origin);
  }

  /** The origin is gone, or failed: it is told nothing more. */
  forget(origin: AppendOrigin): void {
    this.waiting.delete(origin);
  }

  /** Resolves when nothing is outstanding; until then the process does not end for lack of anything to do. */
  drained(): Promise<void> {
    if (this.records === 0) {
      return Promise.resolve();
    }
    const keepAlive = setInterval(() => undefined, KEEP_ALIVE_MS);
    return new Promise<void>((resolve) => void this.drainWaiters.push(resolve)).finally(() => clearInterval(keepAlive));
  }

  /**
   * To be called after something was removed. Lets the waiting origins go on if at most half is left, so that they do not
   * stop and go with each record.
   */
  release(): void {
    if (this.records === 0) {
      const waiters = this.drainWaiters;
      this.drainWaiters = [];
      for (const resolve of waiters) {
        resolve();
      }
    }
    if (this.waiting.size > 0 && this.records * 2 <= this.limits.records && this.bytes * 2 <= this.limits.bytes) {
      const released = [...this.waiting];
      this.waiting.clear();
      for (const origin of released) {
        origin.appendable();
      }
    }
  }
}
