import type { Clock } from '@mooring/clock';
import type { DirectMethods } from '@mooring/direct-methods';
import type { Appender } from '@mooring/event-log';
import type { Logger } from '@mooring/observability';
import type { DeviceSessions } from '../../device-session/device-sessions.js';
import type { EdgeMetrics } from '../../edge-metrics.js';
import type { MessageFlowOptions } from '../../messages/message-flow.js';
import type { PublishTracing } from '../../telemetry/publish-tracing.js';
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
  readonly metrics: EdgeMetrics;
  readonly requests: HttpMetrics;
  readonly clock: Clock;
  readonly log: Logger;
}
