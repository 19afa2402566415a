import { isValidDeviceId, isValidModuleId } from './identity-id.js';

/** A device, or a module of it. */
export interface IdentityKey {
  readonly deviceId: string;
  /** Empty for the device itself. */
  readonly moduleId: string;
}

/** No character of an id, so that no device's name is a module's. */
const SEPARATOR = '/';

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
