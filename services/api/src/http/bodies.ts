import { HubError } from '@mooring/errors';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/**
 * What a route takes: JSON, read into a value; JSON whose bytes it reads itself, since the text matters; or any bytes, of any
 * media type.
 */
export type BodyForm = 'json' | 'jsonBytes' | 'bytes';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** JSON where a route does not say. */
    body?: BodyForm;
  }
}

/** With any parameters, and the structured suffix of RFC 6839. */
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/**
 * Reads bodies. An empty one counts as none: some SDKs send the Content-Type of a body that they do not have. In JSON that is
 * read here a key `__proto__` is refused, as is `constructor` with a `prototype` in it.
 */
export function readBodies(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeAllContentTypeParsers();
  server.addContentTypeParser<Buffer>(JSON_TYPE, { parseAs: 'buffer' }, (request, body, done) => {
    if (body.length === 0) {
      done(null, undefined);
    } else if (formOf(request) === 'json') {
      parse(request, body.toString(), done);
    } else {
      done(null, body);
    }
  });
  server.addContentTypeParser<Buffer>('*', { parseAs: 'buffer' }, (request, body, done) => {
    if (formOf(request) === 'bytes') {
      done(null, body);
    } else {
      done(new HubError('UnsupportedMediaType', 'The body must be application/json.'));
    }
  });
}

function formOf(request: FastifyRequest): BodyForm {
  return request.routeOptions.config.body ?? 'json';
}
