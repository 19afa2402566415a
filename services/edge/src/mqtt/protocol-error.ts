import type { CloseReason } from '../device-session/live/live-connection.js';

/** What a client must not send: its connection is closed, as MQTT 3.1.1 has no other answer. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';

  constructor(
    message: string,
    readonly reason: CloseReason = 'protocol-error',
  ) {
    super(message);
  }
}
