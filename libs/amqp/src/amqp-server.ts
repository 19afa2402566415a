import type { Duplex } from 'node:stream';
import type { Clock } from '@mooring/clock';
import type { ConnectionInfo, StreamFront } from '@mooring/listener';
import type { Logger, Metrics } from '@mooring/observability';
import { type AmqpLimits, DEFAULT_AMQP_LIMITS } from './amqp-limits.js';
import { AmqpMetrics } from './amqp-metrics.js';
import type { TokenAuthority } from './cbs/token-authority.js';
import { AmqpConnection } from './connection/amqp-connection.js';
import type { ServerContext } from './connection/server-context.js';
import { SessionBudget } from './guard/session-budget.js';
import type { LinkHandler } from './links/link-handler.js';

export interface AmqpServerOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Where they differ from `DEFAULT_AMQP_LIMITS`. */
  readonly limits?: Partial<AmqpLimits>;
  /** Judge the tokens that clients put: all that match an audience do, and a token gives what any of them says. */
  readonly authorities: readonly TokenAuthority[];
  /** Serve the links; the first that matches an address does. `$cbs` is served by the server itself. */
  readonly handlers: readonly LinkHandler[];
}

/** Serves AMQP 1.0 on the streams that a listener gives it, whatever transport they come over. */
export class AmqpServer implements StreamFront {
  private readonly connections = new Set<AmqpConnection>();
  private readonly context: ServerContext;
  private draining: (() => void) | undefined;

  constructor(options: AmqpServerOptions) {
    const limits = { ...DEFAULT_AMQP_LIMITS, ...options.limits };
    this.context = {
      clock: options.clock,
      logger: options.logger,
      limits,
      sessions: new SessionBudget(limits.maxTotalSessions),
      metrics: new AmqpMetrics(options.metrics),
      authorities: options.authorities,
      handlers: options.handlers,
    };
  }

  accept(stream: Duplex, info: ConnectionInfo): void {
    const { limits, metrics } = this.context;
    if (this.draining !== undefined || this.connections.size >= limits.maxConnections) {
      metrics.violations.inc({ reason: 'limit' });
      stream.on('error', () => undefined);
      stream.destroy();
      return;
    }
    const connection: AmqpConnection = new AmqpConnection(stream, info, this.context, () => {
      this.connections.delete(connection);
      metrics.connections.set(this.connections.size);
      if (this.connections.size === 0) {
        this.draining?.();
      }
    });
    this.connections.add(connection);
    metrics.connections.set(this.connections.size);
  }

  /** To be called when keys have changed: links are detached that rely on a token which is good no longer. */
  async reviewTokens(): Promise<void> {
    await Promise.all([...this.connections].map((connection) => connection.reviewTokens()));
  }

  async drain(graceMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.draining = resolve;
      for (const connection of [...this.connections]) {
        connection.drain();
      }
      if (this.connections.size === 0) {
        resolve();
        return;
      }
      this.context.clock.after(graceMs, resolve);
    });
    for (const connection of [...this.connections]) {
      connection.destroy();
    }
  }
}
