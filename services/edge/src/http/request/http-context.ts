import type { Clock } from '@mooring/clock';
import type { DirectMethods } from '@mooring/direct-methods';
import type { Appender } from '@mooring/event-log';
import type { Logger } from '@mooring/observability';
import type { DailyQuota } from '@mooring/throttling';
import type { DeviceSessions } from '../../device-session/device-sessions.js';
import type { Admission } from '../../device-session/live/live-connection.js';
import type { EdgeMetrics } from '../../edge-metrics.js';
import type { MessageFlowOptions } from '../../messages/message-flow.js';
import type { ConnectionOperations } from '../../reports/connection-operations.js';
import type { TelemetryOperations } from '../../reports/telemetry-operations.js';
import type { PublishTracing } from '../../telemetry/publish-tracing.js';
import type { DeviceThrottles } from '../../throttling/device-throttles.js';
import type { HttpFaults } from '../faults/http-faults.js';
import type { HttpMetrics } from './http-metrics.js';

/** What all HTTP requests of devices share. */
export interface HttpContext {
  readonly maxMessageBytes: number;
  /** Of `mooring.ingress`. */
  readonly ingress: Appender;
  readonly sessions: Pick<DeviceSessions, 'beginRequest'>;
  /** Undefined if nothing is traced. */
  readonly tracing: PublishTracing | undefined;
  /** Undefined: no cloud-to-device messages are delivered. */
  readonly messages: Pick<MessageFlowOptions, 'queues' | 'events'> | undefined;
  /** Undefined: modules can call no methods. */
  readonly methods: DirectMethods | undefined;
  /** Undefined unless the hub injects faults. */
  readonly faults: HttpFaults | undefined;
  /** Undefined if there is no daily quota. */
  readonly quota: DailyQuota | undefined;
  /** Undefined unless the hub throttles. */
  readonly throttles: DeviceThrottles | undefined;
  readonly metrics: EdgeMetrics;
  /** Undefined if no operations are recorded. */
  readonly operations: ConnectionOperations | undefined;
  readonly telemetryOperations: TelemetryOperations | undefined;
  /** Told of each request that was admitted. */
  readonly activity: { requested(admission: Admission): void };
  readonly requests: HttpMetrics;
  readonly clock: Clock;
  readonly log: Logger;
}
