import { isValidDeviceId, isValidModuleId } from '@mooring/credentials';

/** Who a connection acts for: a device, or a module of it. */
export interface DeviceIdentity {
  readonly deviceId: string;
  /** Empty for the device itself. */
  readonly moduleId: string;
  /** `device` or `device/module`; ids hold no slash, so it is unique. */
  readonly name: string;
}

export function deviceIdentity(deviceId: string, moduleId = ''): DeviceIdentity {
  return { deviceId, moduleId, name: moduleId === '' ? deviceId : `${deviceId}/${moduleId}` };
}

/** Reads `device` or `device/module`; undefined if it is neither. */
export function parseIdentity(name: string): DeviceIdentity | undefined {
  const slash = name.indexOf('/');
  if (slash < 0) {
    return isValidDeviceId(name) ? { deviceId: name, moduleId: '', name } : undefined;
  }
  const deviceId = name.slice(0, slash);
  const moduleId = name.slice(slash + 1);
  return isValidDeviceId(deviceId) && isValidModuleId(moduleId) ? { deviceId, moduleId, name } : undefined;
}
