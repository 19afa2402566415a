import type { HubError } from '@mooring/errors';
import { connectionInfo } from '@mooring/listener';
import type { FastifyRequest } from 'fastify';
import { AdmissionRefused } from '../../device-session/admission-refused.js';
import { deviceIdentity } from '../../device-session/device-identity.js';
import { identityOfRequest } from './caller-identity.js';
import { findDeviceRequest } from './device-request.js';
import type { HttpContext } from './http-context.js';

const NOBODY = deviceIdentity('');

/** Records, as for connections, who was not admitted; and what telemetry was not taken of who was. */
export function recordRefusal(
  thrown: unknown,
  error: HubError,
  { request, context }: { readonly request: FastifyRequest; readonly context: Refusals },
): void {
  const { operations, telemetryOperations } = context;
  if (thrown instanceof AdmissionRefused) {
    const source = { protocol: 'http', info: connectionInfo(request.raw) } as const;
    operations?.refused(identityOf(request), thrown.reason, source);
  } else if (request.routeOptions.config?.operation === 'telemetry') {
    const { message, trackingId } = error;
    const refused = { protocol: 'http', error: error.error, message, trackingId } as const;
    telemetryOperations?.refused(identityOf(request), refused);
  }
}

type Refusals = Pick<HttpContext, 'operations' | 'telemetryOperations'>;

/** Whoever it was admitted as, or else says that it is; nobody where that can be no identity. */
function identityOf(request: FastifyRequest) {
  return findDeviceRequest(request)?.identity ?? identityOfRequest(request) ?? NOBODY;
}
