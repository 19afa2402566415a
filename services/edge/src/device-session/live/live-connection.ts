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
  | 'throttled'
  | 'quota-exceeded'
  | 'session-not-stored'
  | 'isolated'
  | 'drained'
  | 'fault-injected'
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

/** A change of the desired properties of a twin. */
export interface DesiredChange {
  readonly version: number;
  /** The patch with its `$version`. */
  readonly json: Uint8Array;
}

/** A call of a method; the answer names `requestId`. */
export interface MethodRequest {
  /** Lower-case hexadecimal digits. */
  readonly requestId: string;
  readonly name: string;
  /** JSON text. */
  readonly payload: Uint8Array;
}

/** How a connection is handed what services have for its identity: only what it has asked for. */
export interface DeliveryTarget {
  /** Whether it is unknown whether it still holds its identity: nothing is delivered to it meanwhile. */
  readonly fenced: boolean;
  /** Whether so much waits to be sent to it that it is given no more. */
  readonly congested: boolean;
  readonly wantsDesired: boolean;
  readonly wantsMethods: boolean;
  /** Of the newest change that it was handed, set by who hands it; 0: none yet. */
  desiredVersion: number;
  /** Of the desired properties that it has read, set by who read them for it; absent or 0: it has not. */
  desiredRead?: number;
  pushDesired(change: DesiredChange): void;
  /** @throws HubError `ArgumentInvalid` if its protocol cannot carry the name */
  requestMethod(request: MethodRequest): void;
  /** There may be messages in its queue. */
  hintMessages(): void;
}

/** A connection of an identity, whatever its protocol. */
export interface LiveConnection extends DeliveryTarget {
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
