import { Counter } from 'prom-client';
import type { Metrics } from '../metrics.js';
import type { DropReason } from './span-queue.js';

/** What became of the spans that were recorded. */
export class SpanMetrics {
  private readonly exported: Counter;
  private readonly dropped: Counter<'reason'>;

  constructor(metrics: Metrics) {
    const registers = [metrics];
    this.exported = new Counter({
      name: 'mooring_tracing_spans_exported_total',
      help: 'Spans that the collector has taken.',
      registers,
    });
    this.dropped = new Counter({
      name: 'mooring_tracing_spans_dropped_total',
      help: 'Spans that were lost because the collector was away or slow.',
      labelNames: ['reason'],
      registers,
    });
  }

  countExported(spans: number): void {
    this.exported.inc(spans);
  }

  countDropped(spans: number, reason: DropReason): void {
    this.dropped.inc({ reason }, spans);
  }
}
