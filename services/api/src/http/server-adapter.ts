import { newTrackingId, REQUEST_ID_HEADER } from '@mooring/errors';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ApiOptions } from '../api-options.js';
import { NO_BEARER_TOKENS } from '../auth/bearer/bearer-tokens.js';
import { PolicyAuthenticator } from '../auth/policy-authenticator.js';
import { throttleRequests } from '../throttling/throttle-requests.js';
import { authenticateRequests } from './authentication.js';
import { readBodies } from './bodies.js';
import { observeRequests } from './observe-requests.js';
import { sendError } from './send-error.js';
import { traceRequests } from './trace-requests.js';

/** Longer than any id, percent-encoded three times over; what is longer still is refused before it is looked at. */
const MAX_PATH_PARAMETER_LENGTH = 4096;

/** A Fastify server that does not listen: it is handed its requests by the hub's listener. */
export function createServerAdapter(options: ApiOptions): FastifyAdapter {
  const adapter = new FastifyAdapter({
    logger: false,
    bodyLimit: options.maxBodyBytes,
    genReqId: newTrackingId,
    routerOptions: { caseSensitive: false, ignoreTrailingSlash: true, maxParamLength: MAX_PATH_PARAMETER_LENGTH },
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      sendError(error, request, reply, options),
  });
  const server = adapter.getInstance();
  server.addHook('onRequest', (request, reply, done) => {
    reply.header(REQUEST_ID_HEADER, request.id);
    done();
  });
  if (options.tracing !== undefined) {
    traceRequests(server, options.tracing);
  }
  observeRequests(server, options.metrics, options.logger);
  readBodies(server);
  authenticateRequests(server, {
    authenticator: new PolicyAuthenticator({ policies: options.policies, clock: options.clock }),
    bearerTokens: options.bearerTokens ?? NO_BEARER_TOKENS,
    hostnames: options.hostnames,
  });
  throttleRequests(server, options);
  return adapter;
}
