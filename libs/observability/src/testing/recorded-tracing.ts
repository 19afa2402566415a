import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { Tracing } from '../tracing/tracing.js';

export interface RecordedTracing {
  readonly tracing: Tracing;
  /** Those that have ended, the first first. */
  readonly spans: readonly ReadableSpan[];
}

/** Tracing for tests that keeps its spans in memory. @param random decides about each trace that begins, against the ratio */
export function recordedTracing({ ratio = 1, random = Math.random } = {}): RecordedTracing {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const tracing = new Tracing({
    tracer: provider.getTracer('test'),
    ratio,
    random,
    close: () => provider.shutdown(),
  });
  return {
    tracing,
    get spans() {
      return exporter.getFinishedSpans();
    },
  };
}
