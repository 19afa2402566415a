import { randomBytes } from 'node:crypto';
import { HubError } from '@mooring/errors';
import { MAX_PENDING, MAX_PENDING_TEXT } from './limits.js';
import type { TwinEvent } from './twin-event.js';

/**
 * Appends what happened to what is not yet told.
 *
 * @throws HubError `ServiceUnavailable` if too much waits already
 */
export function withEvents(pending: readonly TwinEvent[], added: readonly TwinEvent[]): readonly TwinEvent[] {
  const all = [...pending, ...added];
  const text = all.reduce((length, { body }) => length + body.length, 0);
  if (all.length > MAX_PENDING || (pending.length > 0 && text > MAX_PENDING_TEXT)) {
    throw new HubError('ServiceUnavailable', 'Earlier changes of this twin still wait for the event log.');
  }
  return all;
}

/** Names an event within its document. */
export function newEventId(): string {
  return randomBytes(9).toString('base64url');
}
