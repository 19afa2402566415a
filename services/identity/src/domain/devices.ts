import { HubError } from '@mooring/errors';
import { nextAuthentication, sameAuthentication } from './authentication.js';
import type { ChangeContext } from './change-context.js';
import { checkMatch, newEtag } from './etag.js';
import { existingDevice } from './existing-device.js';
import { newGeneration } from './generation.js';
import { credentialsChanged, deviceLifecycle, deviceSessionsPurge } from './happenings.js';
import { type Device, isLive } from './model.js';
import { withEdgeModules } from './modules.js';
import { appendPending, type CredentialsChange } from './pending-event.js';
import type { RequestedDevice } from './requests.js';
import { checkNewParents, nextScopes } from './scopes.js';
import { deviceOwner, openAuthentication, sealAuthentication } from './sealed-authentication.js';
import { nextVersion } from './sequence.js';

const MAX_STATUS_REASON = 128;

/**
 * A new device. Over a tombstone, whose events are still to be told, it takes these with it.
 *
 * @throws HubError `DeviceAlreadyExists`, `ArgumentInvalid`, `InvalidDeviceScope`
 */
export function createDevice(previous: Device | undefined, requested: RequestedDevice, context: ChangeContext): Device {
  if (isLive(previous)) {
    throw new HubError('DeviceAlreadyExists', `There is a device ${requested.id} already.`);
  }
  checkStatusReason(requested.statusReason);
  const { now, vault } = context;
  const generation = newGeneration(now);
  const authentication = nextAuthentication(requested.authentication, undefined);
  const version = nextVersion(previous?.sequence ?? 0, now);
  const iotEdge = requested.iotEdge ?? false;
  const device: Device = {
    id: requested.id,
    generation,
    etag: newEtag(),
    authentication: sealAuthentication(authentication, vault, deviceOwner(requested.id, generation)),
    status: requested.status ?? 'enabled',
    statusReason: requested.statusReason,
    statusUpdatedTime: 0,
    iotEdge,
    ...nextScopes({ id: requested.id, generation, iotEdge }, requested, undefined),
    credentialsVersion: version,
    sequence: version,
    modules: [],
    pending: previous?.pending ?? [],
  };
  checkNewParents(undefined, device, context.edgeScopes);
  const created = tell(device, [
    deviceLifecycle(device, 'create', now),
    credentialsChanged(device, 'admitted', { moduleId: '', time: now }),
  ]);
  return iotEdge ? withEdgeModules(created, context) : created;
}

/** @throws HubError `DeviceNotFound`, `PreconditionFailed`, `ArgumentInvalid`, `InvalidDeviceScope` */
export function updateDevice(
  current: Device | undefined,
  { requested, ifMatch }: { requested: RequestedDevice; ifMatch: string },
  context: ChangeContext,
): Device {
  const device = existingDevice(current, requested.id);
  checkMatch(ifMatch, device.etag);
  checkStatusReason(requested.statusReason);
  const { now, vault } = context;
  const owner = deviceOwner(device.id, device.generation);
  const before = openAuthentication(device.authentication, vault, owner);
  const after = nextAuthentication(requested.authentication, before);
  const rekeyed = !sameAuthentication(before, after);
  const status = requested.status ?? device.status;
  const iotEdge = requested.iotEdge ?? device.iotEdge;
  const changed: Device = {
    ...device,
    etag: newEtag(),
    authentication: rekeyed ? sealAuthentication(after, vault, owner) : device.authentication,
    status,
    statusReason: requested.statusReason,
    statusUpdatedTime: status === device.status ? device.statusUpdatedTime : now,
    iotEdge,
    ...nextScopes({ id: device.id, generation: device.generation, iotEdge }, requested, device),
  };
  checkNewParents(device, changed, context.edgeScopes);
  const told = tellCredentials(changed, credentialsChange({ from: device.status, to: status, rekeyed }), now);
  return iotEdge && !device.iotEdge ? withEdgeModules(told, context) : told;
}

/**
 * A tombstone in place of the device and its modules.
 *
 * @throws HubError `DeviceNotFound`, `PreconditionFailed`
 */
export function deleteDevice(
  current: Device | undefined,
  { id, ifMatch }: { id: string; ifMatch: string },
  { now }: ChangeContext,
): Device {
  const device = existingDevice(current, id);
  checkMatch(ifMatch, device.etag);
  const version = nextVersion(device.sequence, now);
  const tombstone: Device = {
    ...device,
    // Keys need not outlive the device.
    authentication: { type: device.authentication.type },
    status: 'deleted',
    modules: [],
    credentialsVersion: version,
    sequence: version,
  };
  return tell(tombstone, [
    deviceLifecycle(device, 'delete', now),
    credentialsChanged(tombstone, 'deleted', { moduleId: '', time: now }),
    deviceSessionsPurge(device, now),
  ]);
}

function credentialsChange({
  from,
  to,
  rekeyed,
}: {
  from: Device['status'];
  to: Device['status'];
  rekeyed: boolean;
}): CredentialsChange | undefined {
  if (to === 'disabled' && from !== to) {
    return 'disabled';
  }
  if (rekeyed) {
    return 'rekeyed';
  }
  return from === to ? undefined : 'admitted';
}

function tellCredentials(device: Device, change: CredentialsChange | undefined, now: number): Device {
  if (change === undefined) {
    return device;
  }
  const version = nextVersion(device.sequence, now);
  const changed = { ...device, credentialsVersion: version, sequence: version };
  return tell(changed, [credentialsChanged(changed, change, { moduleId: '', time: now })]);
}

function tell(device: Device, events: Parameters<typeof appendPending>[1]): Device {
  return { ...device, pending: appendPending(device.pending, events) };
}

function checkStatusReason(reason: string): void {
  if (reason.length > MAX_STATUS_REASON) {
    throw new HubError('ArgumentInvalid', `A status reason has at most ${MAX_STATUS_REASON} characters.`);
  }
}
