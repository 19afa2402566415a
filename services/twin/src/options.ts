import type { Clock } from '@mooring/clock';
import type { DeviceLocator } from '@mooring/delivery';
import type { DocumentStore } from '@mooring/document-store';
import type { EventLog } from '@mooring/event-log';
import type { HubTopics } from '@mooring/messages';
import type { Logger, Metrics } from '@mooring/observability';
import type { OperationRecorder } from '@mooring/operations';
import type { c2dqueue, identity, monitoring } from '@mooring/proto';

export interface TwinOptions {
  readonly documents: DocumentStore;
  /** Its topics exist (`EventLog.ensureTopics`) before the service starts. */
  readonly log: EventLog;
  readonly topics: Pick<HubTopics, 'ingress' | 'changes'>;
  readonly directory: identity.DirectoryService;
  readonly monitoring: Pick<monitoring.MonitoringService, 'getStates'>;
  /** Absent where no messages are queued: their count stays 0. */
  readonly c2dQueue?: Pick<c2dqueue.C2dQueueService, 'count'>;
  readonly locator: DeviceLocator;
  readonly operations: Pick<OperationRecorder, 'record'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** As Azure's events name the hub: the host name up to its first dot. */
  readonly hubName: string;
  /** Paths within twins that queries find by an index, e.g. `tags.building`. */
  readonly twinIndexes: readonly string[];
  /** Time for one page of a query. */
  readonly queryMaxMs: number;
}
