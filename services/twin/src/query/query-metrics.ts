import { isHubError } from '@mooring/errors';
import { Counter, Histogram, type Metrics } from '@mooring/observability';

const DURATION_BUCKETS = [0.001, 0.005, 0.025, 0.1, 0.5, 2, 10, 60];

/** What is measured of queries. */
export class QueryMetrics {
  private readonly queries: Counter<'outcome'>;
  private readonly durations: Histogram;

  constructor(registry: Metrics) {
    const registers = [registry];
    this.queries = new Counter({
      name: 'mooring_twin_queries_total',
      help: 'Pages of queries that were asked for, by outcome (ok, or the name of the error).',
      labelNames: ['outcome'],
      registers,
    });
    this.durations = new Histogram({
      name: 'mooring_twin_query_duration_seconds',
      help: 'Time that a page of a query took.',
      buckets: DURATION_BUCKETS,
      registers,
    });
  }

  ended(durationMs: number, error?: unknown): void {
    this.queries.inc({ outcome: error === undefined ? 'ok' : isHubError(error) ? error.error : 'ServerError' });
    this.durations.observe(durationMs / 1_000);
  }
}
