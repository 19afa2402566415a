import { RIGHTS, type RightName } from '@mooring/config';
import { applyDecorators } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import { routeConfig } from './route-config.js';

/** Name of the security scheme in the OpenAPI document. */
export const SECURITY_SCHEME = 'sharedAccessSignature';

/** Who may call a route: everybody, or who has all of these rights. */
export type Access = 'public' | readonly RightName[];

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
}

/** The route is for bearers of a policy with all of these rights. */
export function Requires(...rights: readonly RightName[]): MethodDecorator {
  return applyDecorators(routeConfig({ access: rights }), ApiSecurity(SECURITY_SCHEME));
}

/** The route is for bearers of a policy with every right, as `iothubowner` is. */
export function RequiresOwner(): MethodDecorator {
  return Requires(...RIGHTS);
}

/** The route needs no authentication. */
export function Public(): MethodDecorator {
  return routeConfig({ access: 'public' });
}
