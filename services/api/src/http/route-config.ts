import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyContextConfig } from 'fastify';

const configs = new WeakMap<object, FastifyContextConfig>();

/** Adds to what other decorators have said of a route; the framework's own decorator would take its place. */
export function routeConfig(part: FastifyContextConfig): MethodDecorator {
  return (target, name, descriptor) => {
    const handler: unknown = descriptor.value;
    if (typeof handler !== 'function') {
      throw new TypeError(`${String(name)} is no route`);
    }
    const config = { ...configs.get(handler), ...part };
    configs.set(handler, config);
    return RouteConfig(config)(target, name, descriptor);
  };
}
