import { HubError, isHubError } from '@mooring/errors';
import type { Logger } from '@mooring/observability';
import { toldError } from '../told-error.js';

/** What a device's operation failed for, in the contract's own words; what is unexpected is logged. */
export function deviceFailure(error: unknown, logger: Logger): HubError {
  const told = toldError(error);
  if (isHubError(told)) {
    return told;
  }
  const unexpected = new HubError('ServerError', 'The twin could not be read or written.', { cause: error });
  logger.error({ err: error, trackingId: unexpected.trackingId }, 'a twin operation failed');
  return unexpected;
}
