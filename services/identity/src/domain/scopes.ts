import { edgeScope, invalidScope } from './edge-scope.js';
import type { Device } from './model.js';
import type { RequestedDevice } from './requests.js';

/** Parents that a device may have. */
const MAX_PARENTS = 1;

type Scopes = Pick<Device, 'deviceScope' | 'parentScopes'>;

/**
 * The scopes that a device shall have. An edge device has its own, which the hub assigns, and may have a parent. Any other
 * has that of its parent, if it has one. That new parents exist is checked by `checkNewParents`.
 *
 * @param current undefined for a device that is being created
 * @throws HubError `InvalidDeviceScope`
 */
export function nextScopes(
  device: Pick<Device, 'id' | 'generation' | 'iotEdge'>,
  requested: Pick<RequestedDevice, 'deviceScope' | 'parentScopes'>,
  current: Device | undefined,
): Scopes {
  if (requested.parentScopes.length > MAX_PARENTS) {
    throw invalidScope();
  }
  const kept = requested.deviceScope === undefined && requested.parentScopes.length === 0;
  const own = edgeScope(device.id, device.generation);
  if (device.iotEdge) {
    // At creation a scope that the caller gives is of no meaning: the device's own is not known before.
    if (current?.iotEdge && requested.deviceScope && requested.deviceScope !== own) {
      throw invalidScope();
    }
    const parentScopes = kept ? (current?.parentScopes ?? []) : requested.parentScopes;
    return { deviceScope: own, parentScopes: parentScopes.filter((scope) => scope !== own) };
  }
  const scope = kept ? (current?.deviceScope ?? '') : requested.deviceScope || (requested.parentScopes[0] ?? '');
  // A device that is no edge device any more has no scope of its own.
  return scope === '' || scope === own
    ? { deviceScope: '', parentScopes: [] }
    : { deviceScope: scope, parentScopes: [scope] };
}

/**
 * Checks that the parents that a change names anew exist.
 *
 * @throws HubError `InvalidDeviceScope`
 */
export function checkNewParents(current: Device | undefined, next: Device, edgeScopes: ReadonlySet<string>): void {
  if (next.parentScopes.some((scope) => !current?.parentScopes.includes(scope) && !edgeScopes.has(scope))) {
    throw invalidScope();
  }
}
