import { isValidDeviceId, isValidModuleId } from '@mooring/credentials';
import { HubError } from '@mooring/errors';
import type { identity } from '@mooring/proto';

/** No character of an id, so that no device's name is a module's. */
const SEPARATOR = '/';
/** The character after the separator: names of a device's modules lie between `<device>/` and `<device>0`. */
const AFTER_SEPARATOR = '0';

/**
 * A device or module by one name: `device` or `device/module`.
 *
 * @throws HubError `ArgumentInvalid` for what cannot be an identity's key
 */
export function identityName(key: identity.IdentityKey | undefined): string {
  const { deviceId = '', moduleId = '' } = key ?? {};
  if (!isValidDeviceId(deviceId) || (moduleId !== '' && !isValidModuleId(moduleId))) {
    throw new HubError('ArgumentInvalid', 'The device id or module id is invalid.');
  }
  return moduleId === '' ? deviceId : `${deviceId}${SEPARATOR}${moduleId}`;
}

/** @returns the key, with an empty module id for a device */
export function keyOfName(name: string): identity.IdentityKey {
  const [deviceId = '', moduleId = ''] = name.split(SEPARATOR, 2);
  return { deviceId, moduleId };
}

/** The names of all modules of a device: from the first, to before the second. */
export function moduleNames(deviceId: string): readonly [from: string, before: string] {
  return [deviceId + SEPARATOR, deviceId + AFTER_SEPARATOR];
}
