import { type DailyQuota, meteredKb, meteredMessages, type ThrottleName, type Throttles } from '@mooring/throttling';
import type { FastifyInstance } from 'fastify';
import { callerOf } from '../http/caller.js';
import { MAX_BULK_OPERATIONS } from '../mapping/bulk-registry.js';
import './throttled.js';

export interface RequestLimits {
  /** Undefined if nothing is throttled. */
  readonly throttles?: Throttles | undefined;
  /** Undefined if there is no daily quota. */
  readonly quota?: DailyQuota | undefined;
}

/** Holds requests back that are beyond the limit of their route, and refuses them when they have waited for too long, or the quota is used up. */
export function throttleRequests(server: FastifyInstance, { throttles, quota }: RequestLimits): void {
  if (throttles === undefined && quota === undefined) {
    return;
  }
  server.addHook('preHandler', async (request) => {
    const { throttle } = request.routeOptions.config;
    if (throttle !== undefined) {
      await throttles?.get(throttle).admit(callerOf(request), costOf(throttle, request.body));
    }
    if (throttle === 'c2d-sends') {
      quota?.admit(meteredMessages(sizeOf(request.body)));
    }
  });
}

/** Each item of a bulk counts, though no more than a bulk may have, and of a call of a method its size. */
function costOf(throttle: ThrottleName, body: unknown): number {
  if (throttle === 'direct-methods') {
    return meteredKb(sizeOf(body));
  }
  return Array.isArray(body) ? Math.min(Math.max(1, body.length), MAX_BULK_OPERATIONS) : 1;
}

function sizeOf(body: unknown): number {
  return Buffer.isBuffer(body) ? body.length : 0;
}
