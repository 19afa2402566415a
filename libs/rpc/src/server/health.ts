import { status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { health } from '@mooring/proto';

type Check = health.HealthServer['check'];

/**
 * The gRPC health check. It stands beside the contracts, not among them, since NOT_FOUND is its answer to a contract that the
 * process does not serve.
 */
export function healthService(served: ReadonlySet<string>, isServing: () => boolean): UntypedServiceImplementation {
  const check: Check = (call, callback) => {
    const { service } = call.request;
    if (service !== '' && !served.has(service)) {
      callback({ code: status.NOT_FOUND, details: 'This process does not serve that contract.' });
      return;
    }
    const { SERVING, NOT_SERVING } = health.HealthCheckResponse_ServingStatus;
    callback(null, { status: isServing() ? SERVING : NOT_SERVING });
  };
  return { check };
}
