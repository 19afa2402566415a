import { HubError, isHubError } from '@mooring/errors';
import { identity } from '@mooring/proto';
import type { Change } from '../domain/changes.js';
import { fromDeletion, fromIdentity } from './requests.js';

const { ImportMode } = identity;
const ANY = '*';

/** The changes that bulk operations ask for, and those that ask for none, by their places. */
export interface BulkRequest {
  readonly changes: ReadonlyMap<number, Change>;
  readonly errors: ReadonlyMap<number, HubError>;
}

/** Reads bulk operations; of several of one identity the first counts. */
export function fromBulkOperations(operations: readonly identity.BulkOperation[]): BulkRequest {
  const changes = new Map<number, Change>();
  const errors = new Map<number, HubError>();
  const seen = new Set<string>();
  operations.forEach((operation, place) => {
    try {
      const change = fromBulkOperation(operation);
      const { deviceId = '', moduleId = '' } = operation.identity?.key ?? {};
      const name = `${deviceId}/${moduleId}`;
      if (seen.has(name)) {
        throw new HubError('DeviceDefinedMultipleTimes', 'The identity is in the request more than once.');
      }
      seen.add(name);
      changes.set(place, change);
    } catch (error) {
      if (!isHubError(error)) {
        throw error;
      }
      errors.set(place, error);
    }
  });
  return { changes, errors };
}

export function toBulkError(operation: identity.BulkOperation, error: HubError): identity.BulkError {
  return {
    key: operation.identity?.key,
    errorCode: error.error,
    errorStatus: error.message,
    mode: operation.mode,
  };
}

function fromBulkOperation({ mode, identity: requested }: identity.BulkOperation): Change {
  const etag = requested?.etag ?? '';
  switch (mode) {
    case ImportMode.UNSPECIFIED:
      return fromIdentity(requested, { mode: 'put', ifMatch: ANY });
    case ImportMode.CREATE:
      return fromIdentity(requested, { mode: 'create', ifMatch: ANY });
    case ImportMode.UPDATE:
      return fromIdentity(requested, { mode: 'update', ifMatch: ANY });
    case ImportMode.UPDATE_IF_MATCH_ETAG:
      return fromIdentity(requested, { mode: 'update', ifMatch: etag });
    case ImportMode.DELETE:
      return fromDeletion(requested?.key, ANY);
    case ImportMode.DELETE_IF_MATCH_ETAG:
      return fromDeletion(requested?.key, etag);
    default:
      throw new HubError('ArgumentInvalid', 'The import mode is unknown.');
  }
}
