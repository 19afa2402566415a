import type { DeviceIdentity } from '../../device-session/device-identity.js';
import { parseIdentity } from '../../device-session/device-identity.js';

/** Ids may have an at sign in them, host names not. */
const USER = /^(.+)@(?:sas\.)?([^@]+)$/i;
const MODULES = /^([^/]+)\/modules\/([^/]+)$/;

/**
 * The identity that a user name of SASL PLAIN stands for: `{device}@sas.{hub}`, `{device}/modules/{module}@{hub}`, the hub by
 * its host name or that name's first label.
 *
 * @returns undefined for another's, e.g. a policy's (`{policy}@sas.root.{hub}`)
 */
export function identityOfUser(user: string, hostname: string): DeviceIdentity | undefined {
  const [, name = '', hub = ''] = USER.exec(user) ?? [];
  const host = hostname.toLowerCase();
  if (hub.toLowerCase() !== host && hub.toLowerCase() !== host.split('.')[0]) {
    return undefined;
  }
  return parseIdentity(name.replace(MODULES, '$1/$2'));
}
