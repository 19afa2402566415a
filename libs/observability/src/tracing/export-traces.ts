import { trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { AlwaysOnSampler } from '@opentelemetry/sdk-trace';
import type { TraceExportOptions } from './export-options.js';
import { SpanMetrics } from './span-metrics.js';
import { SpanQueue } from './span-queue.js';
import { Tracing } from './tracing.js';

const MAX_WAITING_SPANS = 4_096;
const EXPORT_TIMEOUT_MS = 5_000;
/** A drain waits no longer for a collector. */
const CLOSE_TIMEOUT_MS = 3_000;

/** Sends spans by OTLP over HTTP. Further `OTEL_…` variables of the exporter hold, e.g. `OTEL_EXPORTER_OTLP_HEADERS`. */
export function exportTraces(options: TraceExportOptions): Tracing {
  const { endpoint, ratio, service, instance, clock, logger } = options;
  const metrics = new SpanMetrics(options.metrics);
  let failing = false;
  const queue = new SpanQueue({
    exporter: new OTLPTraceExporter({
      url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
      timeoutMillis: EXPORT_TIMEOUT_MS,
    }),
    maxSpans: MAX_WAITING_SPANS,
    exportTimeoutMs: EXPORT_TIMEOUT_MS,
    onExported: (spans) => {
      metrics.countExported(spans);
      failing = false;
    },
    onDropped: (spans, reason, error) => {
      metrics.countDropped(spans, reason);
      if (!failing) {
        failing = true;
        logger.warn({ err: error, reason }, 'spans are lost, as the collector is away or slow');
      }
    },
  });
  const sdk = new NodeSDK({
    resource: resourceFromAttributes({ 'service.name': service, 'service.instance.id': instance }),
    resourceDetectors: [envDetector],
    // Only what was chosen is started.
    sampler: new AlwaysOnSampler(),
    spanProcessors: [queue],
    textMapPropagator: null,
    // Not left to the environment: logs and metrics have ways of their own.
    logRecordProcessors: [],
    metricReaders: [],
  });
  sdk.start();
  return new Tracing({
    tracer: trace.getTracer('mooring'),
    ratio,
    close: async () => {
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = clock.after(CLOSE_TIMEOUT_MS, resolve);
      // What could not be sent was counted.
      const flushed = sdk.shutdown().catch(() => undefined);
      await Promise.race([flushed, late]);
      timer.cancel();
    },
  });
}
