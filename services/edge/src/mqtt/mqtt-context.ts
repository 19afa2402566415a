import type { Clock } from '@mooring/clock';
import type { Appender } from '@mooring/event-log';
import type { Logger } from '@mooring/observability';
import type { DailyQuota } from '@mooring/throttling';
import type { DeviceSessions } from '../device-session/device-sessions.js';
import type { SessionWriter } from '../device-session/session-writer.js';
import type { EdgeMetrics } from '../edge-metrics.js';
import type { MessageFlowOptions } from '../messages/message-flow.js';
import type { MethodReplies } from '../methods/method-replies.js';
import type { ConnectionOperations } from '../reports/connection-operations.js';
import type { PublishTracing } from '../telemetry/publish-tracing.js';
import type { DeviceThrottles } from '../throttling/device-throttles.js';
import type { Twins } from '../twins/twins.js';
import type { DeadlineWheel } from './connection/deadline-wheel.js';
import type { MqttConnection } from './connection/mqtt-connection.js';
import type { MqttFaults } from './faults/mqtt-faults.js';
import type { MqttLimits } from './mqtt-limits.js';

/** What all MQTT connections of a process share. */
export interface MqttContext {
  readonly hostname: string;
  readonly limits: MqttLimits;
  /** Of `mooring.ingress`. */
  readonly ingress: Appender;
  readonly sessions: DeviceSessions;
  readonly sessionWriter: SessionWriter;
  /** Undefined if nothing is traced. */
  readonly tracing: PublishTracing | undefined;
  readonly twins: Twins;
  readonly methodReplies: MethodReplies;
  /** Cloud-to-device messages. */
  readonly messages: MessageFlowOptions;
  /** Undefined unless the hub injects faults. */
  readonly faults: MqttFaults | undefined;
  readonly wheel: DeadlineWheel;
  readonly connections: Set<MqttConnection>;
  /** Undefined if there is no daily quota. */
  readonly quota: DailyQuota | undefined;
  /** Undefined unless the hub throttles. */
  readonly throttles: DeviceThrottles | undefined;
  readonly metrics: EdgeMetrics;
  /** Undefined if no operations are recorded. */
  readonly operations: ConnectionOperations | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}
