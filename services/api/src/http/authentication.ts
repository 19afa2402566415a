import { HubError } from '@mooring/errors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type PolicyAuthenticator, requireRights } from '../auth/policy-authenticator.js';

export interface AuthenticationOptions {
  readonly authenticator: PolicyAuthenticator;
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
    const path = pathOf(request);
    const targets = options.hostnames.map((host) => ({ host, path }));
    requireRights(await options.authenticator.authenticate(tokenOf(request), targets), access);
  });
}

function tokenOf(request: FastifyRequest): string {
  const { authorization } = request.headers;
  if (authorization === undefined) {
    throw new HubError('IotHubUnauthorized', 'An Authorization header with a shared access signature is needed.');
  }
  if (/^bearer\b/i.test(authorization)) {
    throw new HubError('IotHubUnauthorized', 'Bearer tokens are not supported: use a shared access signature.');
  }
  return authorization;
}

/** The resource as the route sees it, e.g. `['devices', 'd1']`. */
function pathOf(request: FastifyRequest): string[] {
  const params = new Map(Object.entries(request.params ?? {}));
  return (request.routeOptions.url ?? '')
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => (segment.startsWith(':') ? String(params.get(segment.slice(1))) : segment));
}
