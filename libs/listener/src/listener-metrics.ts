import type { Server } from 'node:net';
import { promisify } from 'node:util';
import { Counter, Gauge, type Metrics } from '@mooring/observability';
import type { Endpoint } from './listener-options.js';

export type Refusal = 'limit' | 'rate' | 'proxy-header' | 'accept-error';

/** What a listener counts. */
export class ListenerMetrics {
  private readonly accepted: Counter<'endpoint'>;
  private readonly refused: Counter<'endpoint' | 'reason'>;
  private readonly handshakesFailed: Counter<'endpoint' | 'reason'>;
  private readonly servers = new Map<Endpoint, Server>();

  constructor(metrics: Metrics) {
    const registers = [metrics];
    const { servers } = this;
    this.accepted = new Counter({
      name: 'mooring_listener_connections_accepted_total',
      help: 'Connections that began.',
      labelNames: ['endpoint'],
      registers,
    });
    this.refused = new Counter({
      name: 'mooring_listener_connections_refused_total',
      help: 'Connections closed before their first byte was looked at.',
      labelNames: ['endpoint', 'reason'],
      registers,
    });
    this.handshakesFailed = new Counter({
      name: 'mooring_listener_handshakes_failed_total',
      help: 'TLS handshakes that failed.',
      labelNames: ['endpoint', 'reason'],
      registers,
    });
    new Gauge({
      name: 'mooring_listener_connections',
      help: 'Connections that are open.',
      labelNames: ['endpoint'],
      registers,
      async collect() {
        for (const [endpoint, server] of servers) {
          this.set({ endpoint }, await promisify(server.getConnections).call(server));
        }
      },
    });
  }

  watch(endpoint: Endpoint, server: Server): void {
    this.servers.set(endpoint, server);
  }

  countAccepted(endpoint: Endpoint): void {
    this.accepted.inc({ endpoint });
  }

  countRefused(endpoint: Endpoint, reason: Refusal): void {
    this.refused.inc({ endpoint, reason });
  }

  countHandshakeFailed(endpoint: Endpoint, reason: string): void {
    this.handshakesFailed.inc({ endpoint, reason });
  }
}
