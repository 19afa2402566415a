import { Counter, Gauge, Histogram, type Metrics } from '@mooring/observability';

/** From a round trip in one process to the longest waits that a caller may ask for, in seconds. */
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 120, 600];

/** Counts and times method calls. */
export class MethodMetrics {
  private readonly calls: Counter<'outcome'>;
  private readonly duration: Histogram;

  /** @param inProgress calls that are */
  constructor(metrics: Metrics, inProgress: () => number) {
    const registers = [metrics];
    this.calls = new Counter({
      name: 'mooring_methods_calls_total',
      help: 'Direct method calls that ended.',
      labelNames: ['outcome'],
      registers,
    });
    this.duration = new Histogram({
      name: 'mooring_methods_call_duration_seconds',
      help: 'Time from a direct method call to its end.',
      buckets: DURATION_BUCKETS,
      registers,
    });
    new Gauge({
      name: 'mooring_methods_calls_in_progress',
      help: 'Direct method calls that wait for their device.',
      registers,
      collect() {
        this.set(inProgress());
      },
    });
  }

  /** @param outcome `ok`, `cancelled`, or the name of the error */
  ended(outcome: string, durationMs: number): void {
    this.calls.inc({ outcome });
    this.duration.observe(durationMs / 1_000);
  }
}
