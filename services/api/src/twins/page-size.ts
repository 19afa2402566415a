import { HubError } from '@mooring/errors';

export const MAX_PAGE_SIZE = 1_000;

/**
 * Reads `x-ms-max-item-count`; 0 where it is absent, for the service's own page size.
 * @throws HubError `ArgumentInvalid`
 */
export function pageSizeFrom(header: string | undefined): number {
  if (header === undefined || header === '') {
    return 0;
  }
  const size = /^\d{1,4}$/.test(header) ? Number(header) : 0;
  if (size < 1 || size > MAX_PAGE_SIZE) {
    throw new HubError('ArgumentInvalid', `x-ms-max-item-count must be a number from 1 to ${MAX_PAGE_SIZE}.`);
  }
  return size;
}
