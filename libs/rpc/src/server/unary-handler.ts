import { type handleUnaryCall, type Metadata, status } from '@grpc/grpc-js';
import { HubError } from '@mooring/errors';
import type { Method } from '../contract-definition.js';
import { asHubError, statusOf } from '../errors/status-of.js';
import { intercepted } from '../interceptor.js';
import type { MethodMetrics } from '../metrics.js';
import type { CallLimit } from './call-limit.js';
import type { RpcServerOptions } from './server-options.js';

export interface HandlerContext {
  readonly options: Pick<RpcServerOptions, 'clock' | 'log' | 'interceptors'>;
  readonly metrics: MethodMetrics;
  readonly limit: CallLimit;
}

/** Serves one call of a contract with the promise that the implementation returns. Messages are bytes as far as gRPC knows. */
export function unaryHandler(
  method: Method,
  answer: (request: unknown) => Promise<unknown>,
  context: HandlerContext,
): handleUnaryCall<Buffer, Buffer> {
  const { options, metrics, limit } = context;
  const { clock, log, interceptors = [] } = options;

  async function run(bytes: Buffer, metadata: Metadata): Promise<Buffer> {
    const request = decode(method, bytes);
    const response =
      interceptors.length === 0
        ? await answer(request)
        : await intercepted(interceptors, rpcCall(method, metadata), () => answer(request));
    return method.encodeResponse(response);
  }

  return (call, callback) => {
    const startedAt = clock.monotonic();
    metrics.begin();
    if (!limit.tryEnter()) {
      metrics.end(status.UNAVAILABLE, 0);
      callback(
        statusOf(new HubError('ServiceUnavailable', 'Too many calls are in progress: try again later.'), 'retry'),
      );
      return;
    }
    const end = (code: status) => {
      limit.leave();
      metrics.end(code, clock.monotonic() - startedAt);
    };
    run(call.request, call.metadata).then(
      (bytes) => {
        end(status.OK);
        callback(null, bytes);
      },
      (thrown: unknown) => {
        const error = asHubError(thrown);
        if (error !== thrown) {
          const { service, name } = method;
          log.error({ err: thrown, trackingId: error.trackingId, service, method: name }, 'a call failed');
        }
        const answered = statusOf(error);
        end(answered.code);
        callback(answered);
      },
    );
  };
}

function decode(method: Method, bytes: Buffer): unknown {
  try {
    return method.decodeRequest(bytes);
  } catch (error) {
    throw new HubError('DeserializationError', 'The request cannot be read.', { cause: error });
  }
}

function rpcCall({ service, name }: Method, metadata: Metadata) {
  const headers: Record<string, string> = Object.create(null);
  for (const [key, value] of Object.entries(metadata.getMap())) {
    if (typeof value === 'string') {
      headers[key] = value;
    }
  }
  return { service, method: name, headers };
}
