import { isHubError } from '@mooring/errors';
import type { Operation } from '@mooring/operations';

const MAX_DESCRIPTION = 1_024;

/** What an operation record tells of a failure. */
export function operationFailure(
  error: unknown,
): Pick<Operation, 'level' | 'resultType' | 'resultDescription' | 'properties'> {
  return isHubError(error)
    ? {
        level: 'Error',
        resultType: `${error.code}`,
        resultDescription: error.message.slice(0, MAX_DESCRIPTION),
        properties: { trackingId: error.trackingId },
      }
    : { level: 'Error' };
}
