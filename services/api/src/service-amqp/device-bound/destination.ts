import type { Scalar } from '@mooring/amqp';
import { isValidDeviceId, isValidModuleId } from '@mooring/credentials';
import { HubError } from '@mooring/errors';
import type { identity } from '@mooring/proto';

const DEVICE_BOUND = /^(?:amqps?:\/\/[^/]*)?\/devices\/([^/]+)(?:\/modules\/([^/]+))?\/messages\/devicebound$/i;

/**
 * The identity that a message is for.
 *
 * @param to `/devices/{id}[/modules/{id}]/messages/devicebound`, the ids percent-encoded or as they are
 * @throws HubError `ArgumentInvalid` if that names none
 */
export function destinationOf(to: Scalar | undefined): identity.IdentityKey {
  const [, device, module] = (to?.kind === 'string' && DEVICE_BOUND.exec(to.value)) || [];
  const deviceId = device === undefined ? undefined : idOf(device, isValidDeviceId);
  const moduleId = module === undefined ? '' : idOf(module, isValidModuleId);
  if (deviceId === undefined || moduleId === undefined) {
    throw new HubError(
      'ArgumentInvalid',
      'The property to of the message must be /devices/{deviceId}/messages/devicebound.',
    );
  }
  return { deviceId, moduleId };
}

/** Python's client does not encode ids, which may hold what looks like an escape, or a percent sign. */
function idOf(text: string, isValid: (id: string) => boolean): string | undefined {
  return [decoded(text), text].find((id) => id !== undefined && isValid(id));
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not encoded: it can only be meant as it is.
    return undefined;
  }
}
