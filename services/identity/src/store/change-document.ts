import { setImmediate as turn } from 'node:timers/promises';
import type { Collection, DocumentBody, Stored } from '@mooring/document-store';
import { HubError } from '@mooring/errors';

/** Writers of other processes that may come first, one after another, before this one gives up. */
const ATTEMPTS = 100;

/** What shall be written (undefined: nothing), and what the writer wants to know afterwards. */
export interface DocumentChange<T extends DocumentBody, R> {
  readonly document: T | undefined;
  readonly result: R;
}

/**
 * Reads a document, changes it and writes it back, over and over until nobody else wrote in between. (Writers within this
 * process wait for each other in a queue, so that this is about those of other processes.)
 *
 * @param change called for each attempt
 * @returns the change that was made
 * @throws HubError `ServiceUnavailable` if others are first too often, and what `change` throws
 */
export async function changeDocument<T extends DocumentBody, R>(
  collection: Collection<T>,
  id: string,
  change: (current: Stored<T> | undefined) => DocumentChange<T, R>,
): Promise<DocumentChange<T, R>> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const current = await collection.get(id);
    const next = change(current);
    if (next.document === undefined) {
      return next;
    }
    const condition = current === undefined ? 'absent' : { version: current.version };
    const { outcome } = await collection.put(next.document, condition);
    if (outcome === 'written') {
      return next;
    }
    await turn();
  }
  throw new HubError('ServiceUnavailable', 'The resource is being changed by too many at a time; try again.');
}
