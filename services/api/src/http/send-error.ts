import type { Clock } from '@mooring/clock';
import { type ErrorForm, errorBody, errorHeaders, type HubError, REQUEST_ID_HEADER } from '@mooring/errors';
import type { Logger } from '@mooring/observability';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hubErrorOf } from './hub-error-of.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Text where a route does not say. */
    errorForm?: ErrorForm;
  }
}

export interface ErrorReporting {
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

/** Answers with the error that stands for what was thrown, and logs what the answer does not tell. */
export function sendError(thrown: unknown, request: FastifyRequest, reply: FastifyReply, to: ErrorReporting): void {
  const error = hubErrorOf(thrown);
  log(error, request, to.logger);
  if (reply.sent) {
    return;
  }
  reply
    .code(error.status)
    .headers({ ...errorHeaders(error), [REQUEST_ID_HEADER]: request.id })
    .type('application/json; charset=utf-8')
    .send(errorBody(error, to.clock.now(), request.routeOptions.config.errorForm ?? 'text'));
}

function log(error: HubError, request: FastifyRequest, logger: Logger): void {
  const fields = { requestId: request.id, trackingId: error.trackingId, method: request.method, error: error.error };
  if (error.status >= 500) {
    logger.error({ ...fields, err: error.cause ?? error }, 'A request failed');
  } else {
    logger.debug({ ...fields, reason: error.message }, 'A request was refused');
  }
}
