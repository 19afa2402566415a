import { HubError } from '@mooring/errors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { BearerTokens } from '../auth/bearer/bearer-tokens.js';
import { type Grant, requireRights } from '../auth/grant.js';
import type { PolicyAuthenticator } from '../auth/policy-authenticator.js';
import { rememberCaller } from './caller.js';

const BEARER = /^bearer(?: +|$)/i;

export interface AuthenticationOptions {
  readonly authenticator: PolicyAuthenticator;
  readonly bearerTokens: BearerTokens;
  readonly hostnames: readonly string[];
}

/**
 * Authenticates and authorises before anything of the body is read. A route that does not say who may call it (see access.ts)
 * can be called by nobody.
 */
export function authenticateRequests(server: FastifyInstance, options: AuthenticationOptions): void {
  server.addHook('onRequest', async (request) => {
    const { access } = request.routeOptions.config;
    if (access === 'public' || request.is404) {
      return;
    }
    if (access === undefined) {
      throw new Error(`The route ${request.routeOptions.url} does not say who may call it.`);
    }
    const grant = await authenticate(request, options);
    requireRights(grant, access);
    rememberCaller(request, grant.subject);
  });
}

async function authenticate(request: FastifyRequest, options: AuthenticationOptions): Promise<Grant> {
  const { authorization } = request.headers;
  if (authorization === undefined) {
    throw new HubError('IotHubUnauthorized', 'An Authorization header with a shared access signature is needed.');
  }
  if (BEARER.test(authorization)) {
    // It says nothing of single resources: its rights hold for the whole hub.
    return options.bearerTokens.authenticate(authorization.replace(BEARER, ''));
  }
  const path = pathOf(request);
  return options.authenticator.authenticate(
    authorization,
    options.hostnames.map((host) => ({ host, path })),
  );
}

/** The resource as the route sees it, e.g. `['devices', 'd1']`. */
function pathOf(request: FastifyRequest): string[] {
  const params = new Map(Object.entries(request.params ?? {}));
  return (request.routeOptions.url ?? '')
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => (segment.startsWith(':') ? String(params.get(segment.slice(1))) : segment));
}
