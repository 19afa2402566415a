import { isValidDeviceId } from '@mooring/credentials';
import { HubError } from '@mooring/errors';

const SCHEME = 'ms-azure-iot-edge://';
const GENERATION = /^[0-9]{1,32}$/;

/** The scope of an edge device, in which its children are. */
export function edgeScope(deviceId: string, generation: string): string {
  return `${SCHEME}${deviceId}-${generation}`;
}

/** The device that a scope would belong to; undefined if the text is no scope. */
export function deviceOfScope(text: string): string | undefined {
  const dash = text.lastIndexOf('-');
  const deviceId = text.slice(SCHEME.length, Math.max(dash, SCHEME.length));
  const wellFormed = text.startsWith(SCHEME) && isValidDeviceId(deviceId) && GENERATION.test(text.slice(dash + 1));
  return wellFormed ? deviceId : undefined;
}

export function invalidScope(): HubError {
  return new HubError('InvalidDeviceScope', 'The device scope is not the scope of an IoT Edge device of this hub.');
}
