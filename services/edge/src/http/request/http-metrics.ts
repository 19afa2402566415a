import { Counter, Gauge, Histogram, type Metrics } from '@mooring/observability';

/** From a request that is refused to one whose messages wait for the event log, in seconds. */
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30];

/** What a request asks for; a label. */
export type HttpOperation = 'telemetry' | 'receive' | 'settle' | 'method' | 'unknown';

/** Counts and times the requests of devices. */
export class HttpMetrics {
  private inProgress = 0;
  private readonly requests: Counter<'operation' | 'status'>;
  private readonly duration: Histogram<'operation'>;

  constructor(metrics: Metrics) {
    const registers = [metrics];
    this.requests = new Counter({
      name: 'mooring_edge_http_requests_total',
      help: 'HTTP requests of devices, by the status they were answered.',
      labelNames: ['operation', 'status'],
      registers,
    });
    this.duration = new Histogram({
      name: 'mooring_edge_http_request_duration_seconds',
      help: 'Time from an HTTP request of a device to its answer.',
      labelNames: ['operation'],
      buckets: DURATION_BUCKETS,
      registers,
    });
    const inProgress = () => this.inProgress;
    new Gauge({
      name: 'mooring_edge_http_requests_in_progress',
      help: 'HTTP requests of devices that are not answered yet.',
      registers,
      collect() {
        this.set(inProgress());
      },
    });
  }

  began(): void {
    this.inProgress++;
  }

  /** @param status `aborted` if the client did not wait for its answer */
  ended(operation: HttpOperation, status: number | 'aborted', durationMs: number): void {
    this.inProgress--;
    this.requests.inc({ operation, status });
    this.duration.observe({ operation }, durationMs / 1_000);
  }
}
