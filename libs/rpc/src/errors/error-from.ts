import { type ServiceError, status } from '@grpc/grpc-js';
import { ERROR_CATALOGUE, type ErrorName, HubError } from '@mooring/errors';
import { ERROR_HEADER, isHeaderText, TRACKING_HEADER } from './error-headers.js';

/** What the service answered with an error of a newer release, by the status beside it. */
const UNKNOWN_ERROR: Readonly<Partial<Record<status, ErrorName>>> = {
  [status.INVALID_ARGUMENT]: 'ArgumentInvalid',
  [status.UNAUTHENTICATED]: 'IotHubUnauthorized',
  [status.PERMISSION_DENIED]: 'InvalidOperation',
  [status.NOT_FOUND]: 'ResourceNotFound',
  [status.ALREADY_EXISTS]: 'PreconditionFailed',
  [status.FAILED_PRECONDITION]: 'PreconditionFailed',
  [status.RESOURCE_EXHAUSTED]: 'ThrottlingException',
  [status.UNAVAILABLE]: 'ServiceUnavailable',
  [status.DEADLINE_EXCEEDED]: 'GatewayTimeout',
};

/**
 * The error of a call that failed, as the service threw it. What failed on the way is ServiceUnavailable, GatewayTimeout,
 * MessageTooLarge, ThrottlingException or, where nothing better can be said, ServerError.
 * @param peer the service's name for messages, e.g. `identity`
 */
export function errorFrom(error: ServiceError, peer: string): HubError {
  const name = textOf(error, ERROR_HEADER);
  if (name === undefined) {
    return transportError(error, peer);
  }
  const known = isErrorName(name) ? name : (UNKNOWN_ERROR[error.code] ?? 'ServerError');
  const trackingId = textOf(error, TRACKING_HEADER);
  return new HubError(known, error.details, {
    cause: error,
    ...(trackingId !== undefined && isHeaderText(trackingId) ? { trackingId } : {}),
  });
}

/** What gRPC itself says; its details name addresses and files, so they are the cause only. */
function transportError(error: ServiceError, peer: string): HubError {
  const options = { cause: error };
  switch (error.code) {
    case status.UNAVAILABLE:
    case status.CANCELLED:
      return new HubError('ServiceUnavailable', `The service ${peer} cannot be reached: try again later.`, options);
    case status.UNIMPLEMENTED:
      // The peer is of another release, as some are during an upgrade.
      return new HubError('ServiceUnavailable', `The service ${peer} does not serve this call.`, options);
    case status.DEADLINE_EXCEEDED:
      return new HubError('GatewayTimeout', `The service ${peer} did not answer in time.`, options);
    case status.RESOURCE_EXHAUSTED:
      return error.details.includes('larger than')
        ? new HubError('MessageTooLarge', `A message to or from the service ${peer} is too large.`, options)
        : new HubError('ThrottlingException', `The service ${peer} is overloaded: try again later.`, options);
    case status.INTERNAL:
      // A peer that ends while it still has calls resets them so.
      return error.details.includes('Call ended without gRPC status')
        ? new HubError('ServiceUnavailable', `The service ${peer} ended the call: try again later.`, options)
        : new HubError('ServerError', `The service ${peer} failed to answer.`, options);
    default:
      return new HubError('ServerError', `The service ${peer} failed to answer.`, options);
  }
}

function textOf(error: ServiceError, header: string): string | undefined {
  return error.metadata.get(header)[0]?.toString();
}

function isErrorName(name: string): name is ErrorName {
  return Object.hasOwn(ERROR_CATALOGUE, name);
}
