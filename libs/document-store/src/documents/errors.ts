/**
 * - `invalid`: the caller's document, path, filter or id breaks the port's rules; nothing was written.
 * - `unavailable`: the store cannot be reached or cannot write; what was asked may be tried again.
 * - `unknown-outcome`: the reply to a write was lost, and so many other writes followed that it cannot be recognised.
 * - `in-use`: another process has the embedded store's directory open.
 * - `newer-schema`: a record, or a store, was written by a later release than this one.
 */
export type DocumentStoreErrorKind = 'invalid' | 'unavailable' | 'unknown-outcome' | 'in-use' | 'newer-schema';

/** What a document store reports other than the refusal of a condition, which is an outcome. */
export class DocumentStoreError extends Error {
  override readonly name = 'DocumentStoreError';

  constructor(
    readonly kind: DocumentStoreErrorKind,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

export function invalid(message: string): DocumentStoreError {
  return new DocumentStoreError('invalid', message);
}
