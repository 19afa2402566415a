import { isValidDeviceId, isValidModuleId } from '@mooring/credentials';
import type { identity } from '@mooring/proto';

/** No character of an id, so that no device's name is a module's. */
const SEPARATOR = '/';

/** A device's or module's twin by one name. */
export function twinName(deviceId: string, moduleId: string): string {
  return moduleId === '' ? deviceId : `${deviceId}${SEPARATOR}${moduleId}`;
}

/** Undefined for what cannot be an identity's key. */
export function nameOfKey(key: identity.IdentityKey | undefined): string | undefined {
  const { deviceId = '', moduleId = '' } = key ?? {};
  const isValid = isValidDeviceId(deviceId) && (moduleId === '' || isValidModuleId(moduleId));
  return isValid ? twinName(deviceId, moduleId) : undefined;
}

/** @returns the key, with an empty module id for a device */
export function keyOfName(name: string): identity.IdentityKey {
  const [deviceId = '', moduleId = ''] = name.split(SEPARATOR, 2);
  return { deviceId, moduleId };
}
