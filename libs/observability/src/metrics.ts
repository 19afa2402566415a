import { collectDefaultMetrics, Registry } from 'prom-client';

/** Where a process' metrics are registered. Names: `mooring_<service>_<what>_<unit>`; a device id is never a label. */
export type Metrics = Registry;

/** A registry of its own (never prom-client's global one), with the process' and Node.js' own metrics in it. */
export function createMetrics(): Metrics {
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  return metrics;
}
