import type { Clock } from '@mooring/clock';
import type { Logger, Metrics, Tracing } from '@mooring/observability';

/** What every part of a process is given: time, a log, metrics, and traces if these are wanted. */
export interface Runtime {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing | undefined;
}
