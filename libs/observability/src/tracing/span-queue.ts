import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter, type SpanProcessor } from '@opentelemetry/sdk-trace';

export type DropReason = 'queue-full' | 'export-failed';

export interface SpanQueueOptions {
  readonly exporter: SpanExporter;
  readonly maxSpans: number;
  /** Time for one batch. */
  readonly exportTimeoutMs: number;
  readonly onExported: (spans: number) => void;
  readonly onDropped: (spans: number, reason: DropReason, error?: Error) => void;
}

/**
 * Spans on their way out, in batches and in the background. Bounded: while a collector is away or slow, spans are dropped and
 * counted, and nobody waits.
 */
export class SpanQueue implements SpanProcessor {
  private readonly batches: BatchSpanProcessor;
  private waiting = 0;

  constructor(private readonly options: SpanQueueOptions) {
    const { exporter, maxSpans, exportTimeoutMs } = options;
    this.batches = new BatchSpanProcessor({
      exporter: {
        export: (spans, done) => this.export(spans, done),
        forceFlush: async () => exporter.forceFlush?.(),
        shutdown: () => exporter.shutdown(),
      },
      maxQueueSize: maxSpans,
      exportTimeoutMillis: exportTimeoutMs,
    });
  }

  onStart(): void {
    // A span waits from its end on.
  }

  onEnd(span: ReadableSpan): void {
    // The batches would drop what is too much without telling.
    if (this.waiting >= this.options.maxSpans) {
      this.options.onDropped(1, 'queue-full');
      return;
    }
    this.waiting++;
    this.batches.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.batches.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.batches.shutdown();
  }

  private export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    const { exporter, onExported, onDropped } = this.options;
    this.waiting -= spans.length;
    exporter.export(spans, (result) => {
      if (result.code === ExportResultCode.SUCCESS) {
        onExported(spans.length);
      } else {
        onDropped(spans.length, 'export-failed', result.error);
      }
      done(result);
    });
  }
}
