import type { ThrottleName } from '@mooring/throttling';
import { routeConfig } from '../http/route-config.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The limit that a route is bound by; none where it does not say. */
    throttle?: ThrottleName;
  }
}

/** Requests to the route count by a limit of the hub. */
export function Throttled(throttle: ThrottleName): MethodDecorator {
  return routeConfig({ throttle });
}
