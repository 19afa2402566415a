import type { IncomingMessage } from 'node:http';
import { HubError, newTrackingId, REQUEST_ID_HEADER } from '@mooring/errors';
import type { HttpFront } from '@mooring/listener';
import { type FastifyInstance, fastify } from 'fastify';
import { isDeviceRequest } from './device-paths.js';
import { messageRoutes } from './messages/message-routes.js';
import { methodRoutes } from './methods/method-routes.js';
import { admitRequests } from './request/admit-requests.js';
import type { HttpContext } from './request/http-context.js';
import { sendError } from './request/send-error.js';
import { throttleRequests } from './request/throttle-requests.js';
import { telemetryRoutes } from './telemetry/telemetry-routes.js';

/** HTTP as devices speak it, to be served by a listener. It holds no identity: a request takes nothing over. */
export interface DeviceHttp {
  readonly front: HttpFront;
  /** Whether a request is one of devices, where back ends come to the same port. */
  serves(request: IncomingMessage): boolean;
  /** From now on every answer asks its client to close the connection. */
  drain(): void;
  close(): Promise<void>;
}

/** Longer than any id, percent-encoded three times over; what is longer still is refused before it is looked at. */
const MAX_PATH_PARAMETER_LENGTH = 4096;

export async function openDeviceHttp(context: HttpContext): Promise<DeviceHttp> {
  const server = fastify({
    logger: false,
    // Of a batch, whose bodies are base64, beside its properties; what is in it is measured by itself.
    bodyLimit: 2 * context.maxMessageBytes,
    genReqId: newTrackingId,
    routerOptions: { caseSensitive: false, ignoreTrailingSlash: true, maxParamLength: MAX_PATH_PARAMETER_LENGTH },
    frameworkErrors: (error, request, reply) => sendError(error, request, reply, context),
  });
  observe(server, context);
  admitRequests(server, context);
  throttleRequests(server, context);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser<Buffer>('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.setErrorHandler((error, request, reply) => sendError(error, request, reply, context));
  server.setNotFoundHandler(() => {
    throw new HubError('ResourceNotFound', 'There is no such resource.');
  });
  telemetryRoutes(server, context);
  if (context.messages !== undefined) {
    messageRoutes(server, context.messages);
  }
  if (context.methods !== undefined) {
    methodRoutes(server, context.methods);
  }
  await server.ready();
  let draining = false;
  return {
    front: (request, response) => {
      if (draining) {
        response.setHeader('Connection', 'close');
      }
      server.routing(request, response);
    },
    serves: isDeviceRequest,
    drain: () => {
      draining = true;
    },
    close: () => server.close(),
  };
}

/** Every request ends once, be it answered or not. */
function observe(server: FastifyInstance, { requests, clock }: HttpContext): void {
  server.addHook('onRequest', (request, reply, done) => {
    const { raw } = reply;
    const startedAt = clock.monotonic();
    const operation = request.routeOptions.config?.operation ?? 'unknown';
    requests.began();
    raw.once('close', () => {
      requests.ended(operation, raw.writableFinished ? raw.statusCode : 'aborted', clock.monotonic() - startedAt);
    });
    reply.header(REQUEST_ID_HEADER, request.id);
    done();
  });
}
