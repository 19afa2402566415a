import { isValidDeviceId } from '@mooring/credentials';
import { HubError } from '@mooring/errors';
import { type Device, isLive, type LiveDevice } from './model.js';

/** @throws HubError `ArgumentInvalid` */
export function checkDeviceId(id: string): void {
  if (!isValidDeviceId(id)) {
    throw new HubError(
      'ArgumentInvalid',
      "A device id has 1 to 128 characters of ASCII letters, digits and - : . + % _ # * ? ! ( ) , = @ $ '",
    );
  }
}

/** @throws HubError `DeviceNotFound` */
export function existingDevice(device: Device | undefined, id: string): LiveDevice {
  if (!isLive(device)) {
    throw new HubError('DeviceNotFound', `There is no device ${id}.`);
  }
  return device;
}
