import { ERROR_CATALOGUE, type ErrorName, HubError } from '@mooring/errors';
import type { failure } from '@mooring/proto';
import { asHubError } from './status-of.js';

/** Why one item of a batch failed. What is not a HubError tells the caller nothing but where to look: log it beside its tracking id. */
export function failureOf(thrown: unknown): failure.Failure {
  const { error, message, trackingId } = asHubError(thrown);
  return { error, message, trackingId };
}

/** The error as the service threw it; of a newer release's, that something failed. */
export function errorOfFailure({ error, message, trackingId }: failure.Failure): HubError {
  const known = Object.hasOwn(ERROR_CATALOGUE, error) ? (error as ErrorName) : 'ServerError';
  return new HubError(known, message, trackingId === '' ? {} : { trackingId });
}
