import { HubError } from '@mooring/errors';
import { percentDecode, type SasToken } from './sas-token.js';

const URL_SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
const PORT = /:[0-9]{1,5}$/;

/** What a token gives access to: the host and all below the path. */
export interface SasResource {
  /** Lower case, without scheme and port. */
  readonly host: string;
  /** Percent-decoded segments, e.g. `['devices', 'd1', 'modules', 'm1']`; empty for the whole host. */
  readonly path: readonly string[];
}

/**
 * Reads the resource of a token: `host`, `host/devices/d`, `sb://host/events`, percent-encoded as a whole or not at all.
 *
 * @throws HubError `IotHubUnauthorized` if it has no host
 */
export function sasResource(token: SasToken): SasResource {
  // Decoded once: an id's own `%` is escaped within it. A raw `+` is a plus sign, which ids may have; a space they may not.
  const text = percentDecode(token.sr)?.replace(URL_SCHEME, '');
  const [authority, ...path] = text?.split('/') ?? [];
  const host = authority?.replace(PORT, '').toLowerCase();
  if (!host) {
    throw new HubError('IotHubUnauthorized', 'The resource of the shared access signature names no host.');
  }
  if (path.at(-1) === '') {
    path.pop();
  }
  return { host, path };
}

/**
 * Whether a token for `resource` gives access to `target`: the same host, and a path that begins with the whole segments of
 * the resource's. Ids compare exactly; the fixed segments, which alternate with them (`devices/…/modules/…`), ignore case.
 */
export function resourceCovers(resource: SasResource, target: SasResource): boolean {
  return (
    resource.host === target.host.toLowerCase() &&
    resource.path.length <= target.path.length &&
    resource.path.every((segment, index) => sameSegment(segment, target.path[index] ?? '', index))
  );
}

function sameSegment(left: string, right: string, index: number): boolean {
  return left === right || (index % 2 === 0 && left.toLowerCase() === right.toLowerCase());
}
