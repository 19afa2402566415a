import type { Clock } from '@mooring/clock';
import type { Settings } from '@mooring/config';
import type { DeviceLocator } from '@mooring/delivery';
import type { DocumentStore } from '@mooring/document-store';
import type { EventLog } from '@mooring/event-log';
import type { HubTopics } from '@mooring/messages';
import type { Logger, Metrics } from '@mooring/observability';
import type { OperationRecorder } from '@mooring/operations';
import type { identity } from '@mooring/proto';

export type C2dQueueSettings = Pick<
  Settings,
  | 'c2dTimeToLiveSeconds'
  | 'c2dMaxDeliveryCount'
  | 'c2dMaxQueuedMessages'
  | 'c2dLockSeconds'
  | 'feedbackTimeToLiveSeconds'
  | 'feedbackLockSeconds'
  | 'feedbackMaxDeliveryCount'
>;

export interface C2dQueueOptions {
  readonly documents: DocumentStore;
  /** Its topics exist (`EventLog.ensureTopics`) before c2d-queue starts. */
  readonly log: EventLog;
  readonly topics: Pick<HubTopics, 'changes'>;
  readonly directory: identity.DirectoryService;
  readonly locator: DeviceLocator;
  readonly operations: Pick<OperationRecorder, 'record'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly settings: C2dQueueSettings;
}
