import { Metadata, type ServerErrorResponse, type StatusObject, status } from '@grpc/grpc-js';
import { HubError, isHubError } from '@mooring/errors';
import {
  ERROR_HEADER,
  isHeaderText,
  MAX_MESSAGE,
  NO_RETRY,
  PUSHBACK_HEADER,
  TRACKING_HEADER,
} from './error-headers.js';

type Status = Pick<StatusObject, 'code' | 'details'> & Pick<ServerErrorResponse, 'metadata'>;

/** For peers that do not know the error's name: the status that says most of it. */
const STATUS_BY_HTTP: Readonly<Record<number, status>> = {
  400: status.INVALID_ARGUMENT,
  401: status.UNAUTHENTICATED,
  403: status.PERMISSION_DENIED,
  404: status.NOT_FOUND,
  405: status.FAILED_PRECONDITION,
  409: status.ALREADY_EXISTS,
  412: status.FAILED_PRECONDITION,
  413: status.RESOURCE_EXHAUSTED,
  415: status.INVALID_ARGUMENT,
  429: status.RESOURCE_EXHAUSTED,
  503: status.UNAVAILABLE,
  504: status.DEADLINE_EXCEEDED,
};

/** What a service threw, as a HubError: what is not one tells the caller nothing but where to look. */
export function asHubError(error: unknown): HubError {
  return isHubError(error)
    ? error
    : new HubError('ServerError', 'An internal error occurred; the tracking id finds it in the log.', { cause: error });
}

/**
 * The status that carries an error to the caller.
 * @param retry whether another attempt may end otherwise. What the service itself answered is final: a caller in the same
 *   process would have it at once too.
 */
export function statusOf(error: HubError, retry: 'final' | 'retry' = 'final'): Status {
  const metadata = new Metadata();
  metadata.set(ERROR_HEADER, error.error);
  if (isHeaderText(error.trackingId)) {
    metadata.set(TRACKING_HEADER, error.trackingId);
  }
  if (retry === 'final') {
    metadata.set(PUSHBACK_HEADER, NO_RETRY);
  }
  return {
    code: STATUS_BY_HTTP[error.status] ?? status.INTERNAL,
    // A lone surrogate cannot be sent, and a peer drops headers beyond its limit.
    details: error.message.slice(0, MAX_MESSAGE).toWellFormed(),
    metadata,
  };
}
