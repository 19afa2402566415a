import type { Authenticated } from '../authentication/authenticated.js';
import type { DeviceIdentity } from '../device-identity.js';

/** Why the hub ends a connection; a label of the metric. */
export type CloseReason =
  | 'client-disconnected'
  | 'client-closed'
  | 'refused'
  | 'taken-over'
  | 'identity-deleted'
  | 'identity-disabled'
  | 'credentials-changed'
  | 'token-expired'
  | 'keep-alive-timeout'
  | 'connect-timeout'
  | 'write-timeout'
  | 'protocol-error'
  | 'not-authorized'
  | 'too-large'
  | 'append-failed'
  | 'session-not-stored'
  | 'isolated'
  | 'drained'
  | 'internal-error';

/** What an admitted connection holds, of any protocol. */
export interface Admission {
  readonly identity: DeviceIdentity;
  readonly generationId: string;
  /** Of the credentials that it was admitted by. */
  readonly version: number;
  readonly authenticated: Authenticated;
  /** Fences what earlier connections of the identity still write. */
  readonly epoch: number;
  /** By the monotonic clock. */
  readonly admittedAt: number;
}

/** A connection of an identity, whatever its protocol. */
export interface LiveConnection {
  /** Unique within this process. */
  readonly id: string;
  /** Undefined until it is admitted. */
  readonly admission: Admission | undefined;
  /** Ends it at once, in the way of its protocol; does nothing once it is closed. */
  close(reason: CloseReason): void;
  /** Nothing is read from it until `release`: for a moment it is unknown whether it still holds its identity. */
  hold(): void;
  release(): void;
  /** When something was last read from it, in milliseconds since the Unix epoch; undefined if nothing was since last asked. */
  takeActivity(): number | undefined;
}
