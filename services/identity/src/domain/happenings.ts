import { deviceLifecycleBody, moduleLifecycleBody } from './lifecycle-body.js';
import type { Device, ModuleState } from './model.js';
import {
  type CredentialsChange,
  type CredentialsChangedEvent,
  type LifecycleEvent,
  newEventId,
  type PurgeSessionsEvent,
} from './pending-event.js';

/** The name of a device's session, or of a module's. */
export function sessionId(deviceId: string, moduleId: string): string {
  return moduleId === '' ? deviceId : `${deviceId}/${moduleId}`;
}

export function deviceLifecycle(device: Device, operation: 'create' | 'delete', time: number): LifecycleEvent {
  return {
    id: newEventId(),
    kind: 'lifecycle',
    operation: `${operation}DeviceIdentity`,
    moduleId: '',
    generation: device.generation,
    time,
    body: deviceLifecycleBody(device, time),
  };
}

export function moduleLifecycle(
  device: Device,
  module: ModuleState,
  { operation, time }: { operation: 'create' | 'delete'; time: number },
): LifecycleEvent {
  return {
    id: newEventId(),
    kind: 'lifecycle',
    operation: `${operation}ModuleIdentity`,
    moduleId: module.id,
    generation: module.generation,
    time,
    body: moduleLifecycleBody(device, module, time),
  };
}

/** @param identity the device itself, or one of its modules, with its new version */
export function credentialsChanged(
  identity: Device | ModuleState,
  change: CredentialsChange,
  { moduleId, time }: { moduleId: string; time: number },
): CredentialsChangedEvent {
  const { generation, credentialsVersion } = identity;
  return { id: newEventId(), kind: 'credentials', moduleId, generation, credentialsVersion, change, time };
}

/** For the sessions of a device that is gone, and of its modules. */
export function deviceSessionsPurge(device: Device, time: number): PurgeSessionsEvent {
  const own = { id: sessionId(device.id, ''), generation: device.generation };
  const ofModules = device.modules.map((module) => moduleSession(device, module));
  return { id: newEventId(), kind: 'purge', time, sessions: [own, ...ofModules] };
}

/** For the session of a module that is gone. */
export function moduleSessionPurge(device: Device, module: ModuleState, time: number): PurgeSessionsEvent {
  return { id: newEventId(), kind: 'purge', time, sessions: [moduleSession(device, module)] };
}

function moduleSession({ id }: Device, module: ModuleState): { id: string; generation: string } {
  return { id: sessionId(id, module.id), generation: module.generation };
}
