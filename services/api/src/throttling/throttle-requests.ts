import { meteredKb, type ThrottleName, type Throttles } from '@mooring/throttling';
import type { FastifyInstance } from 'fastify';
import { callerOf } from '../http/caller.js';
import './throttled.js';

/** Holds requests back that are beyond the limit of their route, and refuses them when they have waited for too long. */
export function throttleRequests(server: FastifyInstance, throttles: Throttles | undefined): void {
  if (throttles === undefined) {
    return;
  }
  server.addHook('preHandler', async (request) => {
    const { throttle } = request.routeOptions.config;
    if (throttle !== undefined) {
      await throttles.get(throttle).admit(callerOf(request), costOf(throttle, request.body));
    }
  });
}

/** Each item of a bulk counts, and of a call of a method its size. */
function costOf(throttle: ThrottleName, body: unknown): number {
  if (throttle === 'direct-methods') {
    return meteredKb(Buffer.isBuffer(body) ? body.length : 0);
  }
  return Array.isArray(body) ? Math.max(1, body.length) : 1;
}
