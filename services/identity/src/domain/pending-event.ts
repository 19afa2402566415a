import { randomBytes } from 'node:crypto';
import { HubError } from '@mooring/errors';

/** Why credentials are not what they were. */
export type CredentialsChange = 'deleted' | 'disabled' | 'rekeyed' | 'admitted';

export type LifecycleOperation =
  | 'createDeviceIdentity'
  | 'deleteDeviceIdentity'
  | 'createModuleIdentity'
  | 'deleteModuleIdentity';

/** For whoever routes life-cycle events. */
export interface LifecycleEvent {
  readonly id: string;
  readonly kind: 'lifecycle';
  readonly operation: LifecycleOperation;
  /** Empty for the device itself. */
  readonly moduleId: string;
  readonly generation: string;
  readonly time: number;
  /** JSON, like a twin. */
  readonly body: string;
}

/** For all edges. */
export interface CredentialsChangedEvent {
  readonly id: string;
  readonly kind: 'credentials';
  readonly moduleId: string;
  readonly generation: string;
  readonly credentialsVersion: number;
  readonly change: CredentialsChange;
  readonly time: number;
}

/** Sessions to be removed, as their identities are gone. */
export interface PurgeSessionsEvent {
  readonly id: string;
  readonly kind: 'purge';
  readonly time: number;
  readonly sessions: readonly { readonly id: string; readonly generation: string }[];
}

/** For those that keep copies of what describes identities. */
export interface NoticeEvent {
  readonly id: string;
  readonly kind: 'notice';
  readonly time: number;
  /** What changed: module ids, and `''` for the device itself. */
  readonly identities: readonly string[];
}

/** For all that verify policy tokens, or certificate chains. */
export interface ResourceChangedEvent {
  readonly id: string;
  readonly kind: 'policies' | 'certificates';
  readonly time: number;
}

/** An event that waits in the document whose change it tells of. */
export type PendingEvent =
  | LifecycleEvent
  | CredentialsChangedEvent
  | PurgeSessionsEvent
  | NoticeEvent
  | ResourceChangedEvent;

/**
 * Events that one document may hold. An edge device with all its modules deleted and created anew many times over fits;
 * only an event log that has been gone for long fills it. The one notice that a device may hold comes on top.
 */
export const MAX_PENDING = 256;

/**
 * Appends what happened to what is not yet told.
 *
 * @throws HubError `ServiceUnavailable` if too much waits already
 */
export function appendPending(
  pending: readonly PendingEvent[],
  added: readonly PendingEvent[],
): readonly PendingEvent[] {
  if (added.length > 0 && pending.length + added.length > MAX_PENDING) {
    throw new HubError('ServiceUnavailable', 'Earlier changes of this resource still wait for the event log.');
  }
  return [...pending, ...added];
}

/** Names an event within its document. */
export function newEventId(): string {
  return randomBytes(9).toString('base64url');
}
