import type { Affinity } from '@mooring/affinity';
import type { Clock } from '@mooring/clock';
import type { Settings } from '@mooring/config';
import type { DeliveryPeers } from '@mooring/delivery';
import type { EventLog } from '@mooring/event-log';
import type { HubTopics } from '@mooring/messages';
import type { Logger, Metrics, Tracing } from '@mooring/observability';
import type { OperationRecorder } from '@mooring/operations';
import type { c2dqueue, identity, monitoring, twin } from '@mooring/proto';
import type { DailyQuota, Throttles } from '@mooring/throttling';
import type { MqttSettings } from './mqtt/mqtt-limits.js';
import type { EdgePeers } from './peer/edge-peers.js';

export interface EdgeOptions {
  readonly settings: MqttSettings &
    Pick<Settings, 'hostname' | 'edgeId' | 'maxTakeOvers' | 'maxRefusalRecords' | 'maxWaitingMethods'> &
    Partial<Pick<Settings, 'faultInjection'>>;
  /** Created by `EventLog.ensureTopics` before the edge is started. */
  readonly topics: Pick<HubTopics, 'ingress' | 'control'>;
  readonly identityService: identity.IdentityService;
  /** Told of connections and activity; absent: nobody is. */
  readonly monitoringService?: monitoring.MonitoringService | undefined;
  readonly twinService: Pick<twin.TwinService, 'getProperties' | 'patchReported' | 'setModels' | 'getDesiredVersions'>;
  readonly c2dQueueService: Pick<c2dqueue.C2dQueueService, 'receive' | 'settle' | 'detach'>;
  /** Absent: no operations are recorded. */
  readonly operations?: Pick<OperationRecorder, 'record'> | undefined;
  /** Other edges; absent: take-overs are broadcast only. */
  readonly peers?: EdgePeers | undefined;
  /** Other edges, for answers to the method calls that they made; absent: such answers are lost. */
  readonly deliveryPeers?: Pick<DeliveryPeers, 'delivery'> | undefined;
  /** `host:port` at which other processes reach this one's EdgeService and DeliveryService; goes with `peers`. */
  readonly address?: string | undefined;
  /** Undefined if there is no daily quota. */
  readonly quota?: DailyQuota | undefined;
  /** Undefined if nothing is throttled. */
  readonly throttles?: Throttles | undefined;
  readonly eventLog: EventLog;
  readonly affinity: Affinity;
  /** See DeviceSessionsOptions; 10 if not given: little beside a TLS handshake, and shared by all who connect meanwhile. */
  readonly batchIntervalMs?: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Undefined if nothing is traced. */
  readonly tracing?: Tracing | undefined;
}
