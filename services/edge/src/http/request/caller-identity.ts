import type { IncomingHttpHeaders } from 'node:http';
import { parseSasToken, type SasToken, sasResource } from '@mooring/credentials';
import { isHubError } from '@mooring/errors';
import type { FastifyRequest } from 'fastify';
import { unauthorized } from '../../device-session/admission-refused.js';
import { type DeviceIdentity, deviceIdentity, parseIdentity } from '../../device-session/device-identity.js';

/** Names the module that calls, as `device/module`. */
const MODULE_HEADER = 'x-ms-edge-moduleid';

interface PathIds {
  readonly deviceId?: string;
  readonly moduleId?: string;
}

/** Who a request is of, as its route has it; undefined where there can be no such identity. */
export function identityOfRequest({
  routeOptions,
  headers,
  params,
}: Pick<FastifyRequest, 'routeOptions' | 'headers' | 'params'>): DeviceIdentity | undefined {
  const { caller = 'path' } = routeOptions.config;
  return caller === 'module' ? callingModule(headers) : identityInPath(Object(params));
}

/** The identity that a path is of; undefined if there can be none. */
export function identityInPath({ deviceId = '', moduleId = '' }: PathIds): DeviceIdentity | undefined {
  const { name } = deviceIdentity(deviceId, moduleId);
  return deviceId.includes('/') || moduleId.includes('/') ? undefined : parseIdentity(name);
}

/** @throws AdmissionRefused if there can be no such identity */
export function known(identity: DeviceIdentity | undefined): DeviceIdentity {
  if (identity === undefined) {
    throw unauthorized('unknown-identity');
  }
  return identity;
}

/** The module that a request says it is of: in a header, or else in the resource of its token. */
function callingModule(headers: IncomingHttpHeaders): DeviceIdentity | undefined {
  const named = headers[MODULE_HEADER];
  const identity = typeof named === 'string' ? parseIdentity(named) : identityInToken(tokenOf(headers));
  return identity?.moduleId === '' ? undefined : identity;
}

/** Whether a request to a path that devices share with back ends is a device's: back ends sign by policies. */
export function isOfDevice(headers: IncomingHttpHeaders): boolean {
  if (headers[MODULE_HEADER] !== undefined) {
    return true;
  }
  const token = tokenOf(headers);
  return token !== undefined && token.skn === undefined;
}

function tokenOf({ authorization }: IncomingHttpHeaders): SasToken | undefined {
  return authorization === undefined ? undefined : readOrNothing(() => parseSasToken(authorization));
}

function identityInToken(token: SasToken | undefined): DeviceIdentity | undefined {
  const path = token === undefined ? undefined : readOrNothing(() => sasResource(token).path);
  const [devices, deviceId = '', modules, moduleId = '', ...more] = path ?? [];
  const isModule = devices === 'devices' && modules === 'modules' && more.length === 0;
  return isModule ? parseIdentity(`${deviceId}/${moduleId}`) : undefined;
}

function readOrNothing<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (isHubError(error)) {
      return undefined;
    }
    throw error;
  }
}
