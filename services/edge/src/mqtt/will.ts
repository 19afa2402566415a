import type { AppendOrigin } from '@mooring/event-log';
import type { MutableHeaders } from '@mooring/messages';
import type { CloseReason } from '../device-session/live/live-connection.js';
import type { MqttConnection } from './connection/mqtt-connection.js';

/** A will that was found in order: what it adds to the stamps of a message, and its body. */
export interface WillMessage {
  readonly properties: Readonly<Record<string, string | Buffer>>;
  readonly payload: Buffer;
}

export const WILL_PROPERTY = { name: 'iothub-MessageType', value: 'Will' } as const;

/** Whose identity is gone, or may no longer speak, leaves no message. [MQTT-3.14.4-3]: nor does who has said goodbye. */
const WITHOUT_WILL: ReadonlySet<CloseReason> = new Set([
  'client-disconnected',
  'identity-deleted',
  'identity-disabled',
]);

/** Nobody waits for the acknowledgement of a will. */
const NOBODY: AppendOrigin = {
  appended: nothing,
  appendedAll: nothing,
  appendFailed: nothing,
  appendable: nothing,
};

/** [MQTT-3.1.2-8]: a connection that ends without DISCONNECT leaves its will, here as telemetry. */
export function publishWill(connection: MqttConnection, reason: CloseReason): void {
  const { will, stamps, admission, context } = connection;
  if (will === undefined || stamps === undefined || admission === undefined || WITHOUT_WILL.has(reason)) {
    return;
  }
  const headers: MutableHeaders = stamps.headers(context.clock.now());
  Object.assign(headers, will.properties);
  context.ingress.append({ key: admission.identity.deviceId, headers, value: will.payload }, NOBODY, 0);
}

function nothing(): void {
  // See NOBODY.
}
