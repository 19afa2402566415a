import type { Clock } from '@mooring/clock';
import type { DirectMethods } from '@mooring/direct-methods';
import type { Logger, Metrics, Tracing } from '@mooring/observability';
import type { c2dqueue, identity, monitoring, twin } from '@mooring/proto';
import type { DailyQuota, Throttles } from '@mooring/throttling';
import type { BearerTokens } from './auth/bearer/bearer-tokens.js';
import type { PolicyDirectory } from './auth/policy-directory.js';

export interface ApiOptions {
  readonly identity: identity.IdentityService;
  readonly policies: Pick<PolicyDirectory, 'find'>;
  /** None are taken without. */
  readonly bearerTokens?: BearerTokens | undefined;
  readonly monitoring: monitoring.MonitoringService;
  readonly twin: twin.TwinService;
  readonly methods: DirectMethods;
  readonly c2dQueue: c2dqueue.C2dQueueService;
  /** Names that the hub is called by: a token must have been signed for one of them. */
  readonly hostnames: readonly string[];
  /** Largest body of a request, in bytes. */
  readonly maxBodyBytes: number;
  /** Undefined if there is no daily quota. */
  readonly quota?: DailyQuota | undefined;
  /** Undefined if nothing is throttled. */
  readonly throttles?: Throttles | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Undefined if nothing is traced. */
  readonly tracing?: Tracing | undefined;
}
