import type { Clock } from '@mooring/clock';
import type { DeviceRepository } from '../store/device-repository.js';

export interface Statistics {
  readonly enabled: number;
  readonly disabled: number;
}

/** Counting may take this part of the time: an answer is kept so many times longer than it took. */
const KEPT_TIMES = 20;

/**
 * Counts devices by the store's index. Over a million of them that takes a while, so callers share one count, and whoever
 * asks again soon gets the last answer; over few devices, whose count takes next to no time, answers are new.
 */
export class StatisticsCounter {
  private counting: Promise<Statistics> | undefined;
  private last: { readonly statistics: Statistics; readonly until: number } | undefined;

  constructor(
    private readonly devices: Pick<DeviceRepository, 'count'>,
    private readonly clock: Clock,
  ) {}

  async get(): Promise<Statistics> {
    if (this.last !== undefined && this.clock.monotonic() < this.last.until) {
      return this.last.statistics;
    }
    this.counting ??= this.count().finally(() => {
      this.counting = undefined;
    });
    return this.counting;
  }

  private async count(): Promise<Statistics> {
    const started = this.clock.monotonic();
    const [enabled, disabled] = await Promise.all([this.devices.count('enabled'), this.devices.count('disabled')]);
    const took = this.clock.monotonic() - started;
    const statistics = { enabled, disabled };
    this.last = { statistics, until: this.clock.monotonic() + keptMs(took) };
    return statistics;
  }
}

/** Counts that take less than this are never kept. */
const CHEAP_MS = 50;

function keptMs(tookMs: number): number {
  return tookMs < CHEAP_MS ? 0 : tookMs * KEPT_TIMES;
}
