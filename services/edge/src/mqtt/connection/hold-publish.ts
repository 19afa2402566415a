import type { DeviceThrottles } from '../../throttling/device-throttles.js';
import type { MqttConnection } from './mqtt-connection.js';
import { HOLD } from './read-hold.js';

/** How long a connection sends beyond the limit without waiting for acknowledgements; times of the monotonic clock. */
export interface PublishBacklog {
  since: number;
  /** When it was read again the last time. */
  readAt: number;
}

/** Who is not held back for so long has no backlog any more. */
const OVER_MS = 1_000;

/**
 * Holds a publish that is beyond the limit of telemetry, and does not read what is behind it: neither is acknowledged. A client
 * that waits for its acknowledgements is slowed down by that. One that goes on without them has a backlog, wherever in the
 * network that is; when it lasts for too long the connection is closed, as MQTT 3.1.1 has no other answer.
 */
export function holdPublish(connection: MqttConnection, { telemetry }: DeviceThrottles, publish: () => void): void {
  const { clock } = connection.context;
  const backlog = backlogOf(connection, clock.monotonic());
  connection.pause(HOLD.throttle);
  telemetry.wait(
    senderOf(connection),
    { cost: 1, since: backlog.since },
    {
      admitted: () => {
        backlog.readAt = clock.monotonic();
        connection.deferred = publish;
        connection.resume(HOLD.throttle);
      },
      refused: () => connection.close('throttled'),
    },
  );
}

/** The one that lasts, or a new one. */
function backlogOf(connection: MqttConnection, now: number): PublishBacklog {
  const { backlog, window } = connection;
  if (backlog !== undefined && !window.isEmpty && now - backlog.readAt < OVER_MS) {
    return backlog;
  }
  connection.backlog = { since: now, readAt: now };
  return connection.backlog;
}

/** By whom a limit knows a connection. */
export function senderOf({ admission }: MqttConnection): string {
  return admission?.identity.name ?? '';
}
