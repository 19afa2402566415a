import type { DeviceIdentity } from '../../device-session/device-identity.js';

const TWIN_AND_METHODS = new Set([
  '$iothub/twin/res/#',
  '$iothub/twin/PATCH/properties/desired/#',
  '$iothub/methods/POST/#',
]);

/** Whether an identity may subscribe to a filter: only to these, all of which concern itself alone. */
export function isAllowedFilter(filter: string, { deviceId, moduleId }: DeviceIdentity): boolean {
  if (TWIN_AND_METHODS.has(filter)) {
    return true;
  }
  if (moduleId === '') {
    return filter === `devices/${deviceId}/messages/devicebound/#`;
  }
  const own = `devices/${deviceId}/modules/${moduleId}/`;
  return filter === `${own}#` || filter === `${own}inputs/#` || filter === `${own}messages/devicebound/#`;
}
