import { DocumentStoreError } from '@mooring/document-store';
import { HubError } from '@mooring/errors';

/** An error in the contract's own words, also where the store is absent. */
export function toldError(error: unknown): unknown {
  if (error instanceof DocumentStoreError && (error.kind === 'unavailable' || error.kind === 'unknown-outcome')) {
    return new HubError('ServiceUnavailable', 'The document store cannot be reached; try again.', { cause: error });
  }
  return error;
}
