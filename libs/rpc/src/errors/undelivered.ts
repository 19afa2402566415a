import { type ServiceError, status } from '@grpc/grpc-js';
import { ERROR_HEADER, PUSHBACK_HEADER } from './error-headers.js';

/** How a call failed before the service had anything of it: nobody was there, or there was too much to do already. */
export type Undelivered = 'unreachable' | 'refused';

const noted = new WeakMap<object, Undelivered>();

/**
 * Whether a call that failed so has certainly not reached the implementation, and why. Undefined where it may have; also for
 * calls that the client tried more than once (`safe`), of which an earlier attempt may have.
 */
export function undelivered(thrown: unknown): Undelivered | undefined {
  return typeof thrown === 'object' && thrown !== null ? noted.get(thrown) : undefined;
}

export function noteUndelivered<Failed extends Error>(error: Failed, how: Undelivered | undefined): Failed {
  if (how !== undefined) {
    noted.set(error, how);
  }
  return error;
}

/** What gRPC says of calls that never had a connection; the client cancels only such. */
const NEVER_SENT =
  /No connection established|Name resolution failed|Channel closed before call started|Cancelled on client/;

export function howUndelivered({ code, details, metadata }: ServiceError): Undelivered | undefined {
  if (metadata.get(ERROR_HEADER).length > 0) {
    // What an implementation threw is final; only the limit before it leaves the matter open.
    return code === status.UNAVAILABLE && metadata.get(PUSHBACK_HEADER).length === 0 ? 'refused' : undefined;
  }
  const isTransport = code === status.UNAVAILABLE || code === status.CANCELLED;
  return isTransport && NEVER_SENT.test(details) ? 'unreachable' : undefined;
}
