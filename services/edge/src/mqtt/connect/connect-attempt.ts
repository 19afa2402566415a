import type { DeviceIdentity } from '../../device-session/device-identity.js';
import type { Opened } from '../../device-session/device-sessions.js';
import type { ConnectPacket } from '../codec/connect-packet.js';
import type { ConnectReturnCode } from '../codec/packet-type.js';
import type { MqttConnection } from '../connection/mqtt-connection.js';

/** A CONNECT on its way through the steps, and what they found. */
export interface ConnectAttempt {
  readonly connection: MqttConnection;
  readonly packet: ConnectPacket;
  identity: DeviceIdentity;
  modelId: string | undefined;
  keepAlive: number;
  opened: Opened | undefined;
  sessionPresent: boolean;
  /** By the monotonic clock. */
  readonly startedAt: number;
}

export type ConnectStep = (attempt: ConnectAttempt) => void | Promise<void>;

/** Ends the attempt with an answer other than 0. */
export class ConnectRefused extends Error {
  override readonly name = 'ConnectRefused';

  constructor(
    readonly code: ConnectReturnCode,
    /** For metrics and logs; one of few. */
    readonly reason: string,
  ) {
    super(`refused: ${reason}`);
  }
}
