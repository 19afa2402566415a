import type { Affinity } from '@mooring/affinity';
import type { Clock } from '@mooring/clock';
import type { Settings } from '@mooring/config';
import type { EventLog } from '@mooring/event-log';
import type { HubTopics } from '@mooring/messages';
import type { Logger, Metrics, Tracing } from '@mooring/observability';
import type { identity } from '@mooring/proto';
import type { MqttSettings } from './mqtt/mqtt-limits.js';

export interface EdgeOptions {
  readonly settings: MqttSettings & Pick<Settings, 'hostname' | 'edgeId'>;
  /** Created by `EventLog.ensureTopics` before the edge is started. */
  readonly topics: Pick<HubTopics, 'ingress' | 'control'>;
  readonly identityService: identity.IdentityService;
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
