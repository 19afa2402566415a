import type { DocumentBody } from '@mooring/document-store';
import type { PendingEvent } from '../domain/pending-event.js';

/** A document that holds the events that its changes gave birth to, until they are told. */
export interface OutboxRecord extends DocumentBody {
  /** Oldest first. */
  readonly pending: readonly PendingEvent[];
  /** When the oldest of them happened; absent if there is none. Indexed, so that a sweep finds what was left. */
  readonly pendingSince?: number | undefined;
  /** `deleted`: goes once all is told. */
  readonly status?: string;
}
