import { isValidDeviceId } from '@mooring/credentials';
import { HubError } from '@mooring/errors';

export const MAX_PAGE_SIZE = 1_000;

/** Opaque to callers, so that they rely on nothing but handing it back. */
export function pageToken(lastId: string): string {
  return Buffer.from(lastId).toString('base64url');
}

/**
 * @returns undefined for the first page
 * @throws HubError `ArgumentInvalid` for what is no token of this hub
 */
export function readPageToken(token: string): string | undefined {
  if (token === '') {
    return undefined;
  }
  const id = Buffer.from(token, 'base64url').toString('utf8');
  if (!isValidDeviceId(id)) {
    throw new HubError('ArgumentInvalid', 'The continuation token is not one of this hub.');
  }
  return id;
}

/**
 * @param size 0: as many as a page may hold
 * @throws HubError `ArgumentInvalid`
 */
export function pageSize(size: number): number {
  if (size < 0 || size > MAX_PAGE_SIZE || !Number.isInteger(size)) {
    throw new HubError('ArgumentInvalid', `A page holds 1 to ${MAX_PAGE_SIZE} devices.`);
  }
  return size === 0 ? MAX_PAGE_SIZE : size;
}
