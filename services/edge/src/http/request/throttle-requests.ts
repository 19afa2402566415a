import { meteredKb } from '@mooring/throttling';
import type { FastifyInstance } from 'fastify';
import { deviceRequest } from './device-request.js';
import type { HttpContext } from './http-context.js';

/** Holds requests back that are beyond a limit; telemetry by itself, as only its route knows how many messages a body holds. */
export function throttleRequests(server: FastifyInstance, { throttles }: Pick<HttpContext, 'throttles'>): void {
  if (throttles === undefined) {
    return;
  }
  server.addHook('preHandler', async (request) => {
    const { operation } = request.routeOptions.config;
    if (operation === 'receive') {
      await throttles.receives.admit(deviceRequest(request).identity.name);
    } else if (operation === 'method') {
      const bytes = Buffer.isBuffer(request.body) ? request.body.length : 0;
      await throttles.methods.admit(deviceRequest(request).identity.name, meteredKb(bytes));
    }
  });
}
