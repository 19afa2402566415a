import { nameOfKey } from '@mooring/credentials';
import { HubError } from '@mooring/errors';
import type { identity } from '@mooring/proto';

/**
 * A device or module by one name: `device` or `device/module`.
 *
 * @throws HubError `ArgumentInvalid` for what cannot be an identity's key
 */
export function identityName(key: identity.IdentityKey | undefined): string {
  const name = nameOfKey(key);
  if (name === undefined) {
    throw new HubError('ArgumentInvalid', 'The device id or module id is invalid.');
  }
  return name;
}
