import type { PendingEvent } from '../domain/pending-event.js';

/** Where events of some kinds go. */
export interface Channel {
  readonly name: string;
  accepts(event: PendingEvent): boolean;
  /**
   * Tells events of one document, in order; may be called again with the same ones if it rejects.
   *
   * @param documentId `_id` of the document that held them, for a device its id
   */
  deliver(documentId: string, events: readonly PendingEvent[]): Promise<void>;
}
