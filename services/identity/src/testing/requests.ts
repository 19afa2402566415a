import { isHubError } from '@mooring/errors';
import { identity } from '@mooring/proto';

type Service = identity.IdentityService;
type Wanted = Parameters<typeof identity.Identity.fromPartial>[0];

export const KEY_A = Buffer.alloc(32, 'a').toString('base64');
export const KEY_B = Buffer.alloc(32, 'b').toString('base64');
export const SHA1 = 'AB'.repeat(20);
export const SHA256 = 'CD'.repeat(32);

export function wanted(deviceId: string, moduleId = '', more: Wanted = {}): identity.Identity {
  return identity.Identity.fromPartial({ key: { deviceId, moduleId }, ...more });
}

/** Creates (no `ifMatch`) or updates a device or module. */
export async function put(service: Service, wish: identity.Identity, ifMatch = ''): Promise<identity.Identity> {
  const { identity: stored } = await service.putIdentity({ identity: wish, ifMatch });
  return defined(stored);
}

export async function get(service: Service, deviceId: string, moduleId = ''): Promise<identity.Identity> {
  return defined((await service.getIdentity({ key: { deviceId, moduleId } })).identity);
}

export async function remove(service: Service, deviceId: string, moduleId = '', ifMatch = '*'): Promise<void> {
  await service.deleteIdentity({ key: { deviceId, moduleId }, ifMatch });
}

export async function credentials(service: Service, deviceId: string, moduleId = ''): Promise<identity.Credentials> {
  const answer = await service.resolveCredentials({ keys: [{ deviceId, moduleId }] });
  return defined(answer.credentials[0]);
}

/** The name of the error that a call ends with, or `ok`. */
export async function outcome(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    return isHubError(error) ? error.error : `${error}`;
  }
}

export function defined<T>(value: T | undefined): T {
  if (value === undefined) {
    throw new Error('This must be there.');
  }
  return value;
}
