import { HubError } from '@mooring/errors';
import type { identity } from '@mooring/proto';

/** The identity of an answer, which the contract's service always gives. */
export function answered(response: { readonly identity: identity.Identity | undefined }): identity.Identity {
  if (response.identity === undefined) {
    throw new HubError('ServerError', 'The identity service answered without an identity.');
  }
  return response.identity;
}

/** @throws HubError if a body names another identity than the path */
export function requireSameId(field: string, inBody: string | null | undefined, inPath: string): void {
  if (inBody !== undefined && inBody !== null && inBody !== inPath) {
    throw new HubError('ArgumentInvalid', `${field} in the body is not the one in the path.`);
  }
}
