import type { FastifyRequest } from 'fastify';
import type { DeviceIdentity } from '../../device-session/device-identity.js';
import type { RequestAdmission } from '../../device-session/request-admission.js';
import type { HttpOperation } from './http-metrics.js';

/** Who a route takes a request to be of. */
export type Caller = 'path' | 'module';

declare module 'fastify' {
  interface FastifyContextConfig {
    operation?: HttpOperation;
    /** The identity in the path, or the module that the request names; the path where a route does not say. */
    caller?: Caller;
  }
}

/** A request that was admitted. */
export interface DeviceRequest {
  readonly identity: DeviceIdentity;
  readonly admission: RequestAdmission;
  /** It holds no body any more: another request may take its place. */
  readonly release: () => void;
}

const requests = new WeakMap<FastifyRequest, DeviceRequest>();

export function rememberDeviceRequest(request: FastifyRequest, admitted: DeviceRequest): void {
  requests.set(request, admitted);
}

/** Undefined if it was not admitted. */
export function findDeviceRequest(request: FastifyRequest): DeviceRequest | undefined {
  return requests.get(request);
}

export function deviceRequest(request: FastifyRequest): DeviceRequest {
  const admitted = requests.get(request);
  if (admitted === undefined) {
    throw new TypeError('a route is served to admitted requests only');
  }
  return admitted;
}
