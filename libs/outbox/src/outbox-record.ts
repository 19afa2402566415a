import type { DocumentBody } from '@mooring/document-store';

/** What has happened to a document, as it waits there to be told. */
export interface OutboxEvent {
  /** Names it within its document. */
  readonly id: string;
  /** When it happened, in milliseconds since the Unix epoch. */
  readonly time: number;
}

/** A document that holds the events that its changes gave birth to, until they are told. */
export interface OutboxRecord<E extends OutboxEvent = OutboxEvent> extends DocumentBody {
  /** Oldest first. */
  readonly pending: readonly E[];
  /** When the oldest of them happened; absent if there is none. Indexed, so that a sweep finds what was left. */
  readonly pendingSince?: number | undefined;
  /** `deleted`: goes once all is told. */
  readonly status?: string;
}

/** The events that documents of a kind hold. */
export type EventOf<T extends OutboxRecord> = T['pending'][number];

/** Most documents have nothing pending, and none of these is in this index, which every collection with an outbox needs. */
export const PENDING_INDEX = ['pendingSince'] as const;
