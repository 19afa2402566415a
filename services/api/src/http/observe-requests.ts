import { Counter, Histogram, type Logger, type Metrics } from '@mooring/observability';
import type { FastifyInstance } from 'fastify';

/** From a cached read to a bulk write of a hundred devices on a slow store, in seconds. */
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counts, times and (at debug) logs every request by its route, never by its path, which holds ids. */
export function observeRequests(server: FastifyInstance, metrics: Metrics, logger: Logger): void {
  const requests = new Counter({
    name: 'mooring_api_requests_total',
    help: 'Requests answered by the REST API.',
    labelNames: ['route', 'method', 'status'],
    registers: [metrics],
  });
  const duration = new Histogram({
    name: 'mooring_api_request_duration_seconds',
    help: 'Time from a request to its answer.',
    labelNames: ['route', 'method'],
    buckets: DURATION_BUCKETS,
    registers: [metrics],
  });
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const { method } = request;
    requests.inc({ route, method, status: reply.statusCode });
    duration.observe({ route, method }, reply.elapsedTime / 1000);
    logger.debug(
      { requestId: request.id, route, method, status: reply.statusCode, durationMs: reply.elapsedTime },
      'A request was answered',
    );
    done();
  });
}
