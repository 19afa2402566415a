import { isValidDeviceId, isValidModuleId } from './identity-id.js';

/** A device, or a module of it. */
export interface IdentityKey {
  readonly deviceId: string;
  /** Empty for the device itself. */
  readonly moduleId: string;
}

/** No character of an id, so that no device's name is a module's. */
const SEPARATOR = '/';
/** The character after the separator: names of a device's modules lie between `<device>/` and `<device>0`. */
const AFTER_SEPARATOR = '0';

/** A device or module by one name: `device` or `device/module`. */
export function identityName(deviceId: string, moduleId: string): string {
  return moduleId === '' ? deviceId : `${deviceId}${SEPARATOR}${moduleId}`;
}

/** The same of a key; undefined for what cannot be an identity's. */
export function nameOfKey(key: Partial<IdentityKey> | undefined): string | undefined {
  const { deviceId = '', moduleId = '' } = key ?? {};
  const isValid = isValidDeviceId(deviceId) && (moduleId === '' || isValidModuleId(moduleId));
  return isValid ? identityName(deviceId, moduleId) : undefined;
}

/** @returns the key, with an empty module id for a device */
export function keyOfName(name: string): { deviceId: string; moduleId: string } {
  const [deviceId = '', moduleId = ''] = name.split(SEPARATOR, 2);
  return { deviceId, moduleId };
}

export function isDeviceName(name: string): boolean {
  return !name.includes(SEPARATOR);
}

/** The names of all modules of a device: from the first, to before the second. */
export function moduleNames(deviceId: string): readonly [from: string, before: string] {
  return [deviceId + SEPARATOR, deviceId + AFTER_SEPARATOR];
}
