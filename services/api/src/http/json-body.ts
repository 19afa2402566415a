import type { FastifyInstance } from 'fastify';

/** With any parameters, and the structured suffix of RFC 6839. */
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/**
 * Reads JSON bodies only. An empty one counts as none: some SDKs send the Content-Type of a body that they do not have. A key
 * `__proto__` is refused, as is `constructor` with a `prototype` in it.
 */
export function readJsonBodies(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeAllContentTypeParsers();
  server.addContentTypeParser<string>(JSON_TYPE, { parseAs: 'string' }, (request, body, done) => {
    if (body === '') {
      done(null, undefined);
    } else {
      parse(request, body, done);
    }
  });
}
