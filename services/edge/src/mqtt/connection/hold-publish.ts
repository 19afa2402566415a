import type { DeviceThrottles } from '../../throttling/device-throttles.js';
import type { MqttConnection } from './mqtt-connection.js';
import { HOLD } from './read-hold.js';

/**
 * Holds a publish that is beyond the limit of telemetry, and does not read what is behind it: neither is acknowledged. A client
 * that waits for its acknowledgements is slowed down by that. One that goes on without them has a backlog, wherever in the
 * network that is; when it lasts for too long the connection is closed, as MQTT 3.1.1 has no other answer.
 */
export function holdPublish(connection: MqttConnection, { telemetry }: DeviceThrottles, publish: () => void): void {
  if (connection.window.isEmpty) {
    connection.backlogSince = connection.context.clock.monotonic();
  }
  connection.pause(HOLD.throttle);
  telemetry.wait(
    senderOf(connection),
    { cost: 1, since: connection.backlogSince },
    {
      admitted: () => {
        connection.deferred = publish;
        connection.resume(HOLD.throttle);
      },
      refused: () => connection.close('throttled'),
    },
  );
}

/** By whom a limit knows a connection. */
export function senderOf({ admission }: MqttConnection): string {
  return admission?.identity.name ?? '';
}
