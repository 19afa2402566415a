import type { Clock } from '@mooring/clock';
import type { ConnectionStore } from './connection-store.js';

/** How long an answer is kept. */
const KEPT_MS = 1_000;

/** Counts connected devices by the store's index, once for all who ask at a time. */
export class ConnectedCount {
  private counting: Promise<number> | undefined;
  private last: { readonly count: number; readonly until: number } | undefined;

  constructor(
    private readonly connections: Pick<ConnectionStore, 'countDevices'>,
    private readonly clock: Clock,
  ) {}

  async get(): Promise<number> {
    if (this.last !== undefined && this.clock.monotonic() < this.last.until) {
      return this.last.count;
    }
    this.counting ??= this.count().finally(() => {
      this.counting = undefined;
    });
    return this.counting;
  }

  private async count(): Promise<number> {
    const count = await this.connections.countDevices();
    this.last = { count, until: this.clock.monotonic() + KEPT_MS };
    return count;
  }
}
