import type { Clock } from '@mooring/clock';
import type { Appender } from '@mooring/event-log';
import type { Logger } from '@mooring/observability';
import type { DailyQuota } from '@mooring/throttling';
import type { DeviceSessions } from '../device-session/device-sessions.js';
import type { EdgeMetrics } from '../edge-metrics.js';
import type { MessageFlowOptions } from '../messages/message-flow.js';
import type { MethodReplies } from '../methods/method-replies.js';
import type { ConnectionOperations } from '../reports/connection-operations.js';
import type { TelemetryOperations } from '../reports/telemetry-operations.js';
import type { PublishTracing } from '../telemetry/publish-tracing.js';
import type { DeviceThrottles } from '../throttling/device-throttles.js';
import type { Twins } from '../twins/twins.js';
import type { AmqpFaults } from './faults/amqp-faults.js';

/** What all devices on AMQP share. */
export interface AmqpContext {
  readonly hostname: string;
  readonly maxMessageBytes: number;
  /** Of `mooring.ingress`. */
  readonly ingress: Appender;
  readonly sessions: DeviceSessions;
  /** Undefined if nothing is traced. */
  readonly tracing: PublishTracing | undefined;
  readonly twins: Twins;
  readonly methodReplies: MethodReplies;
  /** Cloud-to-device messages. */
  readonly messages: MessageFlowOptions;
  /** Undefined unless the hub injects faults. */
  readonly faults: AmqpFaults | undefined;
  /** Undefined if there is no daily quota. */
  readonly quota: DailyQuota | undefined;
  /** Undefined unless the hub throttles. */
  readonly throttles: DeviceThrottles | undefined;
  readonly metrics: EdgeMetrics;
  /** Undefined if no operations are recorded. */
  readonly operations: ConnectionOperations | undefined;
  readonly telemetryOperations: TelemetryOperations | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}
