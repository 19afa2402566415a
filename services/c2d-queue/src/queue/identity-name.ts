import { nameOfKey } from '@mooring/credentials';
import { HubError } from '@mooring/errors';
import type { identity } from '@mooring/proto';

/** Names of a device's modules lie between `<device>/` and `<device>0`, the character after it. */
const SEPARATOR = '/';
const AFTER_SEPARATOR = '0';

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

/** The names of all modules of a device: from the first, to before the second. */
export function moduleNames(deviceId: string): readonly [from: string, before: string] {
  return [deviceId + SEPARATOR, deviceId + AFTER_SEPARATOR];
}
