import type { Clock } from '@mooring/clock';
import type { Logger } from '../logger.js';
import type { Metrics } from '../metrics.js';

export interface TraceExportOptions {
  /** Of an OTLP/HTTP collector, e.g. `http://collector:4318`; spans go to `/v1/traces` below it. */
  readonly endpoint: string;
  /** Share of the traces that are recorded, 0 to 1. */
  readonly ratio: number;
  /** `service.name` */
  readonly service: string;
  /** `service.instance.id` */
  readonly instance: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}
