import type { Affinity } from '@mooring/affinity';
import type { Clock } from '@mooring/clock';
import type { DocumentStore } from '@mooring/document-store';
import type { EventLog } from '@mooring/event-log';
import type { HubTopics } from '@mooring/messages';
import type { Logger, Metrics } from '@mooring/observability';

export interface MonitoringOptions {
  readonly documents: DocumentStore;
  /** Its topics exist (`EventLog.ensureTopics`) before monitoring starts. */
  readonly log: EventLog;
  readonly affinity: Affinity;
  readonly topics: Pick<HubTopics, 'ingress' | 'control' | 'operations' | 'changes'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** As Azure's events name the hub: the host name up to its first dot. */
  readonly hubName: string;
  /** How long operation records are kept, and how many at most. */
  readonly operationsRetentionMs: number;
  readonly operationsMaxRecords: number;
}
