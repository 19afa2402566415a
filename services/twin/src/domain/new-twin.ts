import { FIRST_ETAG } from './etag.js';
import { metadataText } from './metadata.js';
import type { ConnectionCopy, IdentityCopy, Twin, TwinOwner } from './twin.js';

/** Of a twin that nobody has changed yet; life-cycle events tell of the same. */
const FIRST_TWIN_VERSION = 2;
const FIRST_SECTION_VERSION = 1;

const NEVER_CONNECTED: ConnectionCopy = { epoch: 0, state: 'Disconnected', updatedTime: 0, lastActivityTime: 0 };

/** What the registry tells of an identity that exists. */
export interface KnownIdentity {
  readonly owner: TwinOwner;
  readonly copy: IdentityCopy;
}

/**
 * The twin of an identity as the registry has it now.
 *
 * @param current what is kept under its name; of another generation, it leaves nothing but its untold events
 * @returns `current` where that is of the identity and has its newest copy
 */
export function twinOf(current: Twin | undefined, { owner, copy }: KnownIdentity, time: number): Twin {
  if (current !== undefined && isTwinOf(current, owner.generation)) {
    return copy.revision > current.identity.revision ? { ...current, identity: copy } : current;
  }
  const metadata = metadataText({ $lastUpdated: new Date(time).toISOString() });
  return {
    ...owner,
    twinVersion: FIRST_TWIN_VERSION,
    etag: FIRST_ETAG,
    tags: {},
    desired: {},
    reported: {},
    desiredVersion: FIRST_SECTION_VERSION,
    reportedVersion: FIRST_SECTION_VERSION,
    desiredMetadata: metadata,
    reportedMetadata: metadata,
    identity: copy,
    connection: NEVER_CONNECTED,
    messageCount: 0,
    pending: current?.pending ?? [],
  };
}

/** Whether a twin exists, and is of that generation. */
export function isTwinOf(twin: Twin, generation: string): boolean {
  return twin.status !== 'deleted' && twin.generation === generation;
}
