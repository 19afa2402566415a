import type { TraceExportOptions } from './export-options.js';
import type { Tracing } from './tracing.js';

/** Starts to record spans and to send them to a collector. Loads OpenTelemetry only now: who does not trace goes without it. */
export async function startTracing(options: TraceExportOptions): Promise<Tracing> {
  const { exportTraces } = await import('./export-traces.js');
  return exportTraces(options);
}
