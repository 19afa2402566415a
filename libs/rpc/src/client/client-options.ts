import type { Clock } from '@mooring/clock';
import type { Metrics } from '@mooring/observability';
import type { ContractDefinition } from '../contract-definition.js';
import type { RpcInterceptor } from '../interceptor.js';
import type { PeerCertificates } from '../tls/peer-certificates.js';

export interface RpcClientOptions<D extends ContractDefinition = ContractDefinition> {
  /** `host:port` each; calls go to all in turn, and to all addresses of a DNS name. */
  readonly addresses: readonly string[];
  /** `'insecure'` is plain TCP without any check of the peer, for tests alone. */
  readonly tls: PeerCertificates | 'insecure';
  /**
   * The DNS name that the peer's certificate must have. Default: the service that the contract is of, e.g. `identity` for
   * `mooring.identity.v1.IdentityService`.
   */
  readonly peerName?: string;
  /** Time for a call, all attempts together. Default 5 s. */
  readonly deadlineMs?: number;
  /** Time for calls that need another. */
  readonly deadlines?: { readonly [M in keyof D]?: number };
  /**
   * Calls that may be made twice without harm. Only these are tried again, only where no answer came (UNAVAILABLE), at most
   * three times in all, and less and less the more calls fail.
   */
  readonly safe?: readonly (keyof D & string)[];
  /** Calls that may wait for an answer at a time; more fail at once with ServiceUnavailable. Default 4,096. */
  readonly maxOutstanding?: number;
  /** How long a call waits for a connection before it fails with ServiceUnavailable. Default 1 s. */
  readonly connectTimeoutMs?: number;
  /** Of a message in either direction. Default 4 MiB. */
  readonly maxMessageBytes?: number;
  /** The first is outermost. */
  readonly interceptors?: readonly RpcInterceptor[];
  readonly clock: Clock;
  readonly metrics: Metrics;
}

export const DEFAULT_DEADLINE_MS = 5_000;
export const DEFAULT_MAX_OUTSTANDING = 4_096;
export const DEFAULT_CONNECT_TIMEOUT_MS = 1_000;
export const DEFAULT_MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
