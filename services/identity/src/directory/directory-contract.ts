import { isValidDeviceId } from '@mooring/credentials';
import { HubError } from '@mooring/errors';
import type { identity } from '@mooring/proto';
import type { LiveDevice } from '../domain/model.js';
import { describeDevice, describeModule } from '../mapping/answers.js';
import type { DeviceRepository } from '../store/device-repository.js';

/** Identities that one call may ask for. */
const MAX_KEYS = 1_000;
const NO_DEVICE: identity.Description = { found: false, deviceFound: false, identity: undefined, revision: 0 };
const NO_MODULE: identity.Description = { ...NO_DEVICE, deviceFound: true };

/** Tells services that keep copies what there is. A key that no identity can have is one that none has. */
export class DirectoryContract {
  constructor(private readonly devices: Pick<DeviceRepository, 'findMany'>) {}

  async describeIdentities({ keys }: identity.DescribeIdentitiesRequest): Promise<identity.DescribeIdentitiesResponse> {
    if (keys.length > MAX_KEYS) {
      throw new HubError('ArgumentInvalid', `At most ${MAX_KEYS} identities can be asked for.`);
    }
    const ids = keys.map(({ deviceId }) => deviceId).filter(isValidDeviceId);
    const devices = await this.devices.findMany(ids);
    return { descriptions: keys.map(({ deviceId, moduleId }) => descriptionOf(devices.get(deviceId), moduleId)) };
  }
}

function descriptionOf(device: LiveDevice | undefined, moduleId: string): identity.Description {
  if (device === undefined) {
    return NO_DEVICE;
  }
  const { sequence: revision } = device;
  if (moduleId === '') {
    return { found: true, deviceFound: true, identity: describeDevice(device), revision };
  }
  const module = device.modules.find(({ id }) => id === moduleId);
  return module === undefined
    ? NO_MODULE
    : { found: true, deviceFound: true, identity: describeModule(device, module), revision };
}
