import { AmqpServer, type LinkHandler, type TokenAuthority } from '@mooring/amqp';
import type { Settings } from '@mooring/config';
import type { Runtime } from './runtime.js';

/** What somebody serves over AMQP. */
export interface AmqpFront {
  readonly authorities: readonly TokenAuthority[];
  readonly handlers: readonly LinkHandler[];
}

/** One server for all who serve something over AMQP in this process; the first that takes a token or address gets it. */
export function amqpServer(settings: Settings, runtime: Runtime, fronts: readonly AmqpFront[]): AmqpServer {
  return new AmqpServer({
    limits: {
      maxConnections: settings.amqpMaxConnections,
      maxSessions: settings.amqpMaxSessions,
      maxTotalSessions: settings.amqpMaxTotalSessions,
      maxLinks: settings.amqpMaxLinks,
      maxTokens: settings.amqpMaxTokens,
      maxUnsettledBytes: settings.amqpMaxUnsettledBytes,
      maxFrameBytes: settings.amqpMaxFrameBytes,
    },
    authorities: fronts.flatMap(({ authorities }) => authorities),
    handlers: fronts.flatMap(({ handlers }) => handlers),
    ...runtime,
  });
}
