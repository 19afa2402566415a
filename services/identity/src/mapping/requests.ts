import { HubError } from '@mooring/errors';
import type { identity } from '@mooring/proto';
import type { RequestedAuthentication } from '../domain/authentication.js';
import type { Change, WriteMode } from '../domain/changes.js';
import { checkDeviceId } from '../domain/existing-device.js';
import { checkModuleId } from '../domain/modules.js';
import { fromStatus, fromType } from './enums.js';

/**
 * A key that can be one.
 *
 * @throws HubError `ArgumentInvalid`
 */
export function fromKey(key: identity.IdentityKey | undefined): identity.IdentityKey {
  const { deviceId = '', moduleId = '' } = key ?? {};
  checkDeviceId(deviceId);
  if (moduleId !== '') {
    checkModuleId(moduleId);
  }
  return { deviceId, moduleId };
}

/**
 * A change of the device or module that an identity describes.
 *
 * @throws HubError `ArgumentInvalid`, `ArgumentNull`
 */
export function fromIdentity(
  requested: identity.Identity | undefined,
  { mode, ifMatch }: { mode: WriteMode; ifMatch: string },
): Change {
  if (requested === undefined) {
    throw new HubError('ArgumentNull', 'The identity is missing.');
  }
  const { deviceId, moduleId } = fromKey(requested.key);
  const authentication = fromAuthentication(requested.authentication);
  if (moduleId !== '') {
    const module = { deviceId, id: moduleId, authentication, managedBy: requested.managedBy };
    return { kind: 'module', mode, ifMatch, requested: module };
  }
  const { statusReason, iotEdge, deviceScope, parentScopes } = requested;
  const status = fromStatus(requested.status);
  const device = { id: deviceId, authentication, status, statusReason, iotEdge, deviceScope, parentScopes };
  return { kind: 'device', mode, ifMatch, requested: device };
}

/**
 * The deletion of the device or module that a key names.
 *
 * @throws HubError `ArgumentInvalid`
 */
export function fromDeletion(key: identity.IdentityKey | undefined, ifMatch: string): Change {
  return { kind: 'delete', ...fromKey(key), ifMatch };
}

function fromAuthentication(authentication: identity.Authentication | undefined): RequestedAuthentication {
  const { primaryKey = '', secondaryKey = '', primaryThumbprint = '', secondaryThumbprint = '' } = authentication ?? {};
  const type = authentication && fromType(authentication.type);
  return { type, primaryKey, secondaryKey, primaryThumbprint, secondaryThumbprint };
}
