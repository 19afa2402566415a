import type { Clock } from '@mooring/clock';
import type { Logger, Metrics } from '@mooring/observability';

/** What every part of a process is given: time, a log and metrics. */
export interface Runtime {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}
