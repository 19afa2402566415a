export type { Span } from '@opentelemetry/api';
export { Counter, Gauge, Histogram } from 'prom-client';
export { createLogger, type Logger, type LogLevel } from './logger.js';
export { createMetrics, type Metrics } from './metrics.js';
export type { TraceExportOptions } from './tracing/export-options.js';
export { startTracing } from './tracing/start-tracing.js';
export type { TraceHeaders } from './tracing/trace-headers.js';
export type { SpanDescription, Tracing } from './tracing/tracing.js';
