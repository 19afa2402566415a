import { type ErrorName, errorBody, errorHeaders, HubError, isHubError, REQUEST_ID_HEADER } from '@mooring/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AdmissionRefused } from '../../device-session/admission-refused.js';
import type { HttpContext } from './http-context.js';
import { recordRefusal } from './record-refusals.js';

/** What the framework refuses, by the status that it would answer. */
const ERROR_BY_STATUS: Readonly<Record<number, ErrorName>> = {
  404: 'ResourceNotFound',
  413: 'MessageTooLarge',
  415: 'UnsupportedMediaType',
};

/** Answers in the form that SDKs read, and logs what the answer does not tell. */
export function sendError(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  context: Pick<HttpContext, 'operations' | 'telemetryOperations' | 'clock' | 'log'>,
): void {
  const { clock, log } = context;
  const error = hubErrorOf(thrown);
  recordRefusal(thrown, error, { request, context });
  const fields = { requestId: request.id, trackingId: error.trackingId, error: error.error };
  if (error.status >= 500) {
    log.warn({ ...fields, err: error.cause ?? error }, 'a request of a device failed');
  } else {
    log.debug({ ...fields, reason: thrown instanceof AdmissionRefused ? thrown.reason : error.message }, 'refused');
  }
  if (reply.sent) {
    return;
  }
  const form = request.routeOptions.config?.operation === 'method' ? 'json' : 'text';
  reply
    .code(error.status)
    .headers({ ...errorHeaders(error), [REQUEST_ID_HEADER]: request.id })
    .type('application/json; charset=utf-8')
    .send(errorBody(error, clock.now(), form));
}

function hubErrorOf(thrown: unknown): HubError {
  if (isHubError(thrown)) {
    return thrown;
  }
  if (thrown instanceof AdmissionRefused) {
    return refusal(thrown);
  }
  const status = thrown instanceof Error && 'statusCode' in thrown ? thrown.statusCode : undefined;
  return typeof status === 'number' && status >= 400 && status < 500
    ? new HubError(ERROR_BY_STATUS[status] ?? 'ArgumentInvalid', 'The request cannot be served as it is.', {
        cause: thrown,
      })
    : new HubError('ServerError', 'An internal error occurred.', { cause: thrown });
}

/** It is not told why: who guesses would learn from that. */
function refusal(refused: AdmissionRefused): HubError {
  if (refused.kind === 'unavailable') {
    return new HubError('ServiceUnavailable', 'The request cannot be admitted now: try again later.', {
      cause: refused.cause,
    });
  }
  const error = refused.reason === 'policy-without-right' ? 'IotHubUnauthorizedAccess' : 'IotHubUnauthorized';
  return new HubError(error, 'Unauthorized.');
}
