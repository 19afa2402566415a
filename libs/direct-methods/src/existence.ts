import { HubError } from '@mooring/errors';
import type { identity } from '@mooring/proto';

/** @throws HubError `DeviceNotFound` or `ModuleNotFound` if there is no such identity */
export async function requireIdentity(directory: identity.DirectoryService, key: identity.IdentityKey): Promise<true> {
  const { descriptions } = await directory.describeIdentities({ keys: [key] });
  const [description] = descriptions;
  if (description?.found) {
    return true;
  }
  throw key.moduleId !== '' && description?.deviceFound
    ? new HubError('ModuleNotFound', `The device ${key.deviceId} has no module ${key.moduleId}.`)
    : new HubError('DeviceNotFound', `There is no device ${key.deviceId}.`);
}
