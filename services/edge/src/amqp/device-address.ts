import { type DeviceIdentity, deviceIdentity, parseIdentity } from '../device-session/device-identity.js';

/** What an identity uses links for. */
export type DeviceEndpoint = 'events' | 'devicebound' | 'methods' | 'twin';

export interface DeviceAddress {
  readonly identity: DeviceIdentity;
  readonly endpoint: DeviceEndpoint;
}

const SCHEME_AND_AUTHORITY = /^amqps?:\/\/[^/]*/i;

const ENDPOINTS: ReadonlyMap<string, DeviceEndpoint> = new Map([
  ['messages/events', 'events'],
  ['messages/devicebound', 'devicebound'],
  ['methods/devicebound', 'methods'],
  ['twin', 'twin'],
]);

/**
 * Reads `/devices/{id}[/modules/{id}]/messages/events`, … with or without `amqps://host` before it, the ids percent-encoded
 * or as they are. Fixed parts compare without regard to case.
 *
 * @returns undefined for an address of something else
 */
export function parseDeviceAddress(address: string): DeviceAddress | undefined {
  const segments = address.replace(SCHEME_AND_AUTHORITY, '').split('/').filter(Boolean).map(decoded);
  const count = segments[2]?.toLowerCase() === 'modules' ? 4 : 2;
  const identity = identityOfPath(segments.slice(0, count));
  const endpoint = ENDPOINTS.get(segments.slice(count).join('/').toLowerCase());
  return identity === undefined || endpoint === undefined ? undefined : { identity, endpoint };
}

/** The identity that a path names, `devices/{id}[/modules/{id}]` and nothing behind it; segments are decoded. */
export function identityOfPath(path: readonly string[]): DeviceIdentity | undefined {
  const [devices = '', deviceId = '', modules, moduleId = ''] = path;
  const isModule = path.length === 4 && modules?.toLowerCase() === 'modules' && moduleId !== '';
  if (devices.toLowerCase() !== 'devices' || (path.length !== 2 && !isModule)) {
    return undefined;
  }
  const { name } = deviceIdentity(deviceId, moduleId);
  const identity = parseIdentity(name);
  // An id with a slash in it would be read as another's.
  return identity?.deviceId === deviceId && identity.moduleId === moduleId ? identity : undefined;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // Not an escape: the segment stands for itself.
    return segment;
  }
}
