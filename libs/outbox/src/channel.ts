import type { OutboxEvent } from './outbox-record.js';

/** Where events of some kinds go. */
export interface Channel<E extends OutboxEvent> {
  readonly name: string;
  accepts(event: E): boolean;
  /**
   * Tells events of one document, in order; may be called again with the same ones if it rejects.
   *
   * @param documentId `_id` of the document that held them
   */
  deliver(documentId: string, events: readonly E[]): Promise<void>;
}
