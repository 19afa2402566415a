import type { Login } from '../device/login.js';

/** One connection of a device as the device sees it; times are milliseconds of `performance.now`. */
export interface ConnectionRecord {
  /** What was dialled. */
  readonly address: string;
  /** When the hub admitted the device; over HTTPS, which has no such moment, when TLS was there. */
  readonly acceptedAt: number | undefined;
  readonly closedAt: number | undefined;
  /** Whether the other side ended it in the protocol's own way; that of MQTT 3.1.1 is TLS' and TCP's, and no reset. */
  readonly endedCleanly: boolean;
}

export interface TelemetryConnectionOptions {
  readonly address: string;
  readonly login: Login;
  readonly ca: string;
  /** The connection is destroyed if it is not accepted by then. */
  readonly loginTimeoutMs?: number | undefined;
  readonly onAccepted: () => void;
  /** The hub has promised to keep it: PUBACK, `accepted`, 2xx. */
  readonly onAcknowledged: (number: number) => void;
  /** Told of what the hub must not do. */
  readonly onViolation: (what: string) => void;
}

export interface NumberedMessage {
  readonly payload: string;
  readonly number: number;
  /** More than the number, which is the property `n`. */
  readonly properties?: Readonly<Record<string, string>> | undefined;
  /** Sent before on another connection. */
  readonly isRepeated: boolean;
}

/** A connection on which numbered messages are sent, in whatever protocol. */
export interface TelemetryConnection extends ConnectionRecord {
  readonly isOpen: boolean;
  /** Why it was refused, if the hub said so: the protocol's own number, or 1 where it has none. */
  readonly refusal: number | undefined;
  readonly closed: Promise<void>;
  /** Once it is accepted. */
  publish(message: NumberedMessage): void;
  destroy(): void;
}
