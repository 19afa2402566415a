import type { Clock } from '@mooring/clock';
import type { Metrics } from '@mooring/observability';
import { Throttle } from './throttle.js';
import { type ThrottleName, type ThrottleSettings, throttleLimits } from './throttle-limits.js';
import { measureThrottles } from './throttle-metrics.js';

export interface ThrottlesOptions {
  readonly settings: ThrottleSettings;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

const SECOND_MS = 1_000;

/** All limits of the hub, as far as they are this process' to give. One for each process. */
export class Throttles {
  readonly all: readonly Throttle[];
  private readonly byName: ReadonlyMap<ThrottleName, Throttle>;

  private constructor({ settings, clock }: ThrottlesOptions) {
    const backlogMs = settings.throttleBacklogSeconds * SECOND_MS;
    const limits = Object.entries(throttleLimits(settings)) as [ThrottleName, { amount: number; perMs: number }][];
    this.all = limits.map(([name, limit]) => new Throttle({ name, limit, backlogMs, clock }));
    this.byName = new Map(this.all.map((throttle) => [throttle.name, throttle]));
  }

  /** Undefined if nothing is throttled. */
  static open(options: ThrottlesOptions): Throttles | undefined {
    const throttles = options.settings.throttling ? new Throttles(options) : undefined;
    measureThrottles(throttles?.all ?? [], options.metrics);
    return throttles;
  }

  get(name: ThrottleName): Throttle {
    const throttle = this.byName.get(name);
    if (throttle === undefined) {
      throw new TypeError(`there is no limit of ${name}`);
    }
    return throttle;
  }
}
