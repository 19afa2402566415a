import type { Span, Tracing } from '@mooring/observability';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** A span for each request, by its route, never by its path, which holds ids. What its handler asks of others is part of it. */
export function traceRequests(server: FastifyInstance, tracing: Tracing): void {
  const spans = new WeakMap<FastifyRequest, Span>();
  server.addHook('onRequest', (request, _, done) => {
    if (tracing.chosen()) {
      spans.set(request, tracing.start(spanOf(request), senderOf(request, tracing)));
    }
    done();
  });
  // Here, as the body was read in between, by events of a socket that many requests share.
  server.addHook('preHandler', (request, _, done) => tracing.within(spans.get(request), done));
  server.addHook('onResponse', (request, reply, done) => {
    const span = spans.get(request);
    if (span !== undefined) {
      span.setAttribute('http.response.status_code', reply.statusCode);
      if (reply.statusCode >= 500) {
        tracing.fail(span, String(reply.statusCode));
      }
      span.end();
    }
    done();
  });
}

function spanOf({ method, routeOptions, protocol }: FastifyRequest) {
  const route = routeOptions.url ?? 'unknown';
  return {
    name: `${method} ${route}`,
    kind: 'server',
    attributes: { 'http.request.method': method, 'http.route': route, 'url.scheme': protocol },
  } as const;
}

function senderOf({ headers }: FastifyRequest, tracing: Tracing) {
  const { traceparent, tracestate } = headers;
  return typeof traceparent === 'string'
    ? tracing.sender(traceparent, Array.isArray(tracestate) ? tracestate.join(',') : tracestate)
    : undefined;
}
