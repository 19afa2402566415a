import type { Affinity } from '@mooring/affinity';
import type { Clock } from '@mooring/clock';
import type { EventLog } from '@mooring/event-log';
import type { HubTopics } from '@mooring/messages';
import type { Logger, Metrics } from '@mooring/observability';
import type { PolicyDirectory } from '../auth/policy-directory.js';

export interface EventHubsOptions {
  readonly log: EventLog;
  readonly affinity: Affinity;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly policies: Pick<PolicyDirectory, 'find'>;
  readonly topics: Pick<HubTopics, 'events' | 'control'>;
  /** Besides `$Default`. */
  readonly consumerGroups: readonly string[];
  /** Names that the hub is called by: a token must have been signed for one of them. */
  readonly hostnames: readonly string[];
  /** Name of this process; its claims are kept apart from those of an edge of the same name. */
  readonly process: string;
  /** Shown as the creation time of the endpoint, in milliseconds since the Unix epoch. */
  readonly createdAt: number;
}
