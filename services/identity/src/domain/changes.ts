import { HubError, isHubError } from '@mooring/errors';
import type { ChangeContext } from './change-context.js';
import { createDevice, deleteDevice, updateDevice } from './devices.js';
import { type Device, isLive } from './model.js';
import { createModule, deleteModule, updateModule } from './modules.js';
import { withNotice } from './notice.js';
import type { RequestedDevice, RequestedModule } from './requests.js';

export const MAX_BULK_OPERATIONS = 100;

/** `put`: create what is not there, update what is. */
export type WriteMode = 'create' | 'update' | 'put';

interface Write {
  readonly mode: WriteMode;
  /** `*` for any; a creation does not look at it. */
  readonly ifMatch: string;
}

/** A change of a device, or of a module of it. */
export type Change =
  | (Write & { readonly kind: 'device'; readonly requested: RequestedDevice })
  | (Write & { readonly kind: 'module'; readonly requested: RequestedModule })
  | { readonly kind: 'delete'; readonly deviceId: string; readonly moduleId: string; readonly ifMatch: string };

/**
 * Applies changes of one device and its modules in order; each succeeds or fails by itself.
 *
 * @returns the device as it shall be, and the error of each change that failed, by its place
 */
export function applyChanges(
  current: Device | undefined,
  changes: readonly Change[],
  context: ChangeContext,
): { device: Device | undefined; errors: ReadonlyMap<number, HubError> } {
  const errors = new Map<number, HubError>();
  let device = current;
  changes.forEach((change, index) => {
    try {
      device = changed(device, change, context);
    } catch (error) {
      if (!isHubError(error)) {
        throw error;
      }
      errors.set(index, error);
    }
  });
  return { device: withNotice(current, device, context.now), errors };
}

/** @throws HubError as the change by itself does */
export function applyChange(current: Device | undefined, change: Change, context: ChangeContext): Device {
  return withNotice(current, changed(current, change, context), context.now);
}

function changed(current: Device | undefined, change: Change, context: ChangeContext): Device {
  const { ifMatch } = change;
  switch (change.kind) {
    case 'device': {
      const { requested } = change;
      return isCreation(change.mode, isLive(current))
        ? createDevice(current, requested, context)
        : updateDevice(current, { requested, ifMatch }, context);
    }
    case 'module': {
      const { requested } = change;
      const exists = current?.modules.some(({ id }) => id === requested.id) ?? false;
      return isCreation(change.mode, exists)
        ? createModule(current, requested, context)
        : updateModule(current, { requested, ifMatch }, context);
    }
    default: {
      const { deviceId, moduleId } = change;
      return moduleId === ''
        ? deleteDevice(current, { id: deviceId, ifMatch }, context)
        : deleteModule(current, { deviceId, id: moduleId, ifMatch }, context);
    }
  }
}

function isCreation(mode: WriteMode, exists: boolean): boolean {
  return mode === 'create' || (mode === 'put' && !exists);
}

/** @throws HubError `ArgumentInvalid` */
export function checkBulkSize(operations: number): void {
  if (operations < 1 || operations > MAX_BULK_OPERATIONS) {
    throw new HubError('ArgumentInvalid', `A bulk request has 1 to ${MAX_BULK_OPERATIONS} operations.`);
  }
}

/** The device whose record a change is made in. */
export function deviceIdOf(change: Change): string {
  switch (change.kind) {
    case 'device':
      return change.requested.id;
    case 'module':
      return change.requested.deviceId;
    default:
      return change.deviceId;
  }
}
