import type { Clock } from '@mooring/clock';
import type { Logger, Metrics } from '@mooring/observability';

/** What can be listened on; each is a setting of that name with `Port` behind it. */
export const ENDPOINTS = ['mqtts', 'amqps', 'https', 'mqtt', 'amqp'] as const;
export type Endpoint = (typeof ENDPOINTS)[number];

export interface ListenerOptions {
  readonly bindAddress: string;
  /** An endpoint without a port is not opened, nor is one that no front serves; 0 takes any free port. */
  readonly ports: Readonly<Partial<Record<Endpoint, number | undefined>>>;
  /** PEM files, read again when they change; not needed for plain endpoints alone. */
  readonly tls?: { readonly certificateFile: string; readonly keyFile: string };
  /** Addresses and networks from which a PROXY protocol v2 header is demanded. Default: none. */
  readonly proxyTrusted?: readonly string[];
  /** Time for the PROXY header and, again, for the TLS handshake. */
  readonly handshakeTimeoutMs: number;
  /** Of each endpoint; more are closed as soon as they come. */
  readonly maxConnections: number;
  /** Connections that may begin a second; more wait, then are refused. */
  readonly connectRate: number;
  /** Largest WebSocket message; a larger one closes its connection. Default 1 MiB. */
  readonly maxWebSocketMessageBytes?: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}
