import type { Clock } from '@mooring/clock';
import type { Logger, Metrics } from '@mooring/observability';
import type { RpcInterceptor } from '../interceptor.js';
import type { PeerCertificates } from '../tls/peer-certificates.js';

export interface RpcServerOptions {
  readonly bindAddress: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** `'insecure'` is plain TCP without any check of the peer, for tests alone. */
  readonly tls: PeerCertificates | 'insecure';
  /**
   * Names (DNS names of its certificate) that a peer may have, e.g. `edge`. Default: any certificate of the authority will
   * do.
   */
  readonly allowedPeers?: readonly string[];
  /** Whether the process serves, for the health check. Default: it does from `listen` to `drain`. */
  readonly isReady?: () => boolean;
  /** The first is outermost. */
  readonly interceptors?: readonly RpcInterceptor[];
  readonly limits?: Partial<RpcServerLimits>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface RpcServerLimits {
  /** More are closed as soon as they come. */
  readonly maxConnections: number;
  /** Time for the TLS handshake. */
  readonly handshakeTimeoutMs: number;
  /** Calls of one connection at a time; a client holds back what exceeds it. */
  readonly maxConcurrentStreams: number;
  /**
   * Calls of the whole process at a time, also those whose callers have gone; more are refused with ServiceUnavailable
   * before anything is done for them.
   */
  readonly maxCallsInProgress: number;
  /** Of a message in either direction. */
  readonly maxMessageBytes: number;
  /**
   * A connection is replaced after this time, give or take a tenth, so that clients find new processes behind a DNS name
   * and a removed authority or expired certificate goes out of use. No call is lost by that.
   */
  readonly maxConnectionAgeMs: number;
}

export const DEFAULT_LIMITS: RpcServerLimits = {
  maxConnections: 1_000,
  handshakeTimeoutMs: 10_000,
  maxConcurrentStreams: 1_000,
  maxCallsInProgress: 4_096,
  maxMessageBytes: 4 * 1024 * 1024,
  maxConnectionAgeMs: 300_000,
};
