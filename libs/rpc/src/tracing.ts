import type { SpanDescription, Tracing } from '@mooring/observability';
import type { RpcCall, RpcInterceptor } from './interceptor.js';

/** A span for each call that is made, around all attempts of it; the server is told of it. */
export function tracedCalls(tracing: Tracing): RpcInterceptor {
  return (call, next) => {
    const span = tracing.outgoing(spanOf(call, 'client'));
    if (span === undefined) {
      return next();
    }
    tracing.write(span.spanContext(), call.headers);
    return tracing.during(span, next);
  };
}

/** A span for each call that is served, if the trace of its client is recorded. */
export function tracedAnswers(tracing: Tracing): RpcInterceptor {
  return (call, next) => {
    const caller = tracing.received(call.headers);
    return caller === undefined
      ? tracing.within(undefined, next)
      : tracing.during(tracing.start(spanOf(call, 'server'), caller), next);
  };
}

function spanOf({ service, method }: RpcCall, kind: SpanDescription['kind']): SpanDescription {
  const attributes = { 'rpc.system': 'grpc', 'rpc.service': service, 'rpc.method': method };
  return { name: `${service}/${method}`, kind, attributes };
}
