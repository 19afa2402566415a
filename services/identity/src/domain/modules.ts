import { isValidModuleId } from '@mooring/credentials';
import { HubError } from '@mooring/errors';
import { nextAuthentication, type RequestedAuthentication, sameAuthentication } from './authentication.js';
import type { ChangeContext } from './change-context.js';
import { checkMatch, newEtag } from './etag.js';
import { existingDevice } from './existing-device.js';
import { newGeneration } from './generation.js';
import { credentialsChanged, moduleLifecycle, moduleSessionPurge } from './happenings.js';
import type { Device, ModuleState } from './model.js';
import { appendPending } from './pending-event.js';
import type { RequestedModule } from './requests.js';
import { moduleOwner, openAuthentication, sealAuthentication } from './sealed-authentication.js';
import { nextVersion } from './sequence.js';

export const MAX_MODULES = 50;
const MAX_MANAGED_BY = 128;
/** What every edge device has. */
const EDGE_MODULES = ['$edgeAgent', '$edgeHub'] as const;
const EDGE_MANAGER = 'IotEdge';
const GENERATED: RequestedAuthentication = {
  type: 'sas',
  primaryKey: '',
  secondaryKey: '',
  primaryThumbprint: '',
  secondaryThumbprint: '',
};

/** @throws HubError `ArgumentInvalid` */
export function checkModuleId(id: string): void {
  if (!isValidModuleId(id)) {
    throw new HubError('ArgumentInvalid', 'A module id has 1 to 128 of the characters that a device id may have.');
  }
}

/** @throws HubError `ModuleNotFound` */
export function existingModule(device: Device, id: string): ModuleState {
  const module = device.modules.find((candidate) => candidate.id === id);
  if (module === undefined) {
    throw new HubError('ModuleNotFound', `Device ${device.id} has no module ${id}.`);
  }
  return module;
}

/** @throws HubError `DeviceNotFound`, `ModuleAlreadyExistsOnDevice`, `TooManyModulesOnDevice`, `ArgumentInvalid` */
export function createModule(current: Device | undefined, requested: RequestedModule, context: ChangeContext): Device {
  const device = existingDevice(current, requested.deviceId);
  if (device.modules.some(({ id }) => id === requested.id)) {
    throw new HubError('ModuleAlreadyExistsOnDevice', `Device ${device.id} has a module ${requested.id} already.`);
  }
  if (device.modules.length >= MAX_MODULES) {
    throw new HubError('TooManyModulesOnDevice', `A device has at most ${MAX_MODULES} modules.`);
  }
  checkManagedBy(requested.managedBy);
  const { now, vault } = context;
  const generation = newGeneration(now);
  const authentication = nextAuthentication(requested.authentication, undefined);
  const version = nextVersion(device.sequence, now);
  const module: ModuleState = {
    id: requested.id,
    generation,
    etag: newEtag(),
    authentication: sealAuthentication(authentication, vault, moduleOwner(device.id, requested.id, generation)),
    managedBy: requested.managedBy,
    credentialsVersion: version,
  };
  return {
    ...device,
    sequence: version,
    modules: [...device.modules, module],
    pending: appendPending(device.pending, [
      moduleLifecycle(device, module, { operation: 'create', time: now }),
      credentialsChanged(module, 'admitted', { moduleId: module.id, time: now }),
    ]),
  };
}

/** @throws HubError `DeviceNotFound`, `ModuleNotFound`, `PreconditionFailed`, `ArgumentInvalid` */
export function updateModule(
  current: Device | undefined,
  { requested, ifMatch }: { requested: RequestedModule; ifMatch: string },
  { now, vault }: ChangeContext,
): Device {
  const device = existingDevice(current, requested.deviceId);
  const module = existingModule(device, requested.id);
  checkMatch(ifMatch, module.etag);
  checkManagedBy(requested.managedBy);
  const owner = moduleOwner(device.id, module.id, module.generation);
  const before = openAuthentication(module.authentication, vault, owner);
  const after = nextAuthentication(requested.authentication, before);
  const renewed = { ...module, etag: newEtag(), managedBy: requested.managedBy };
  if (sameAuthentication(before, after)) {
    return { ...device, modules: replaced(device.modules, renewed) };
  }
  const version = nextVersion(device.sequence, now);
  const rekeyed = {
    ...renewed,
    authentication: sealAuthentication(after, vault, owner),
    credentialsVersion: version,
  };
  return {
    ...device,
    sequence: version,
    modules: replaced(device.modules, rekeyed),
    pending: appendPending(device.pending, [
      credentialsChanged(rekeyed, 'rekeyed', { moduleId: module.id, time: now }),
    ]),
  };
}

/** @throws HubError `DeviceNotFound`, `ModuleNotFound`, `PreconditionFailed` */
export function deleteModule(
  current: Device | undefined,
  { deviceId, id, ifMatch }: { deviceId: string; id: string; ifMatch: string },
  { now }: ChangeContext,
): Device {
  const device = existingDevice(current, deviceId);
  const module = existingModule(device, id);
  checkMatch(ifMatch, module.etag);
  const version = nextVersion(device.sequence, now);
  return {
    ...device,
    sequence: version,
    modules: device.modules.filter((other) => other !== module),
    pending: appendPending(device.pending, [
      moduleLifecycle(device, module, { operation: 'delete', time: now }),
      credentialsChanged({ ...module, credentialsVersion: version }, 'deleted', { moduleId: id, time: now }),
      moduleSessionPurge(device, module, now),
    ]),
  };
}

/** The device with the modules that every edge device has. */
export function withEdgeModules(device: Device, context: ChangeContext): Device {
  const missing = EDGE_MODULES.filter((id) => !device.modules.some((module) => module.id === id));
  return missing.reduce<Device>(
    (grown, id) =>
      createModule(grown, { deviceId: device.id, id, authentication: GENERATED, managedBy: EDGE_MANAGER }, context),
    device,
  );
}

function replaced(modules: readonly ModuleState[], module: ModuleState): readonly ModuleState[] {
  return modules.map((other) => (other.id === module.id ? module : other));
}

function checkManagedBy(managedBy: string): void {
  if (managedBy.length > MAX_MANAGED_BY) {
    throw new HubError('ArgumentInvalid', `managedBy has at most ${MAX_MANAGED_BY} characters.`);
  }
}
