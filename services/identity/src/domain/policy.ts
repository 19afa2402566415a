import { generateKey, isValidKey } from '@mooring/credentials';
import { HubError } from '@mooring/errors';
import { newEtag } from './etag.js';
import type { SymmetricKeys } from './model.js';

export const RIGHTS = ['registryRead', 'registryWrite', 'serviceConnect', 'deviceConnect'] as const;
export type PolicyRight = (typeof RIGHTS)[number];

export interface Policy {
  readonly name: string;
  readonly rights: readonly PolicyRight[];
  readonly keys: SymmetricKeys;
  readonly etag: string;
}

/** A policy as it is asked for; keys that are missing are kept, or generated. */
export interface RequestedPolicy {
  readonly name: string;
  readonly rights: readonly PolicyRight[];
  readonly primaryKey?: string | undefined;
  readonly secondaryKey?: string | undefined;
}

/** Has all rights, always: without it nobody could mend the others. */
export const OWNER_POLICY = 'iothubowner';

export const DEFAULT_POLICIES: readonly RequestedPolicy[] = [
  { name: OWNER_POLICY, rights: RIGHTS },
  { name: 'service', rights: ['serviceConnect'] },
  { name: 'device', rights: ['deviceConnect'] },
  { name: 'registryRead', rights: ['registryRead'] },
  { name: 'registryReadWrite', rights: ['registryRead', 'registryWrite'] },
];

export const MAX_POLICIES = 100;
const NAME = /^[A-Za-z0-9!._-]{1,64}$/;

/** @throws HubError `ArgumentInvalid` */
export function checkPolicyName(name: string): void {
  if (!NAME.test(name)) {
    throw new HubError('ArgumentInvalid', 'A policy name has 1 to 64 letters, digits and ! . _ -');
  }
}

/**
 * The policy as it shall be.
 *
 * @throws HubError `ArgumentInvalid`, `InvalidOperation`
 */
export function nextPolicy(current: Policy | undefined, requested: RequestedPolicy): Policy {
  const { name, primaryKey, secondaryKey } = requested;
  checkPolicyName(name);
  const rights = RIGHTS.filter((right) => requested.rights.includes(right));
  if (rights.length === 0) {
    throw new HubError('ArgumentInvalid', 'A policy grants at least one right.');
  }
  if (name === OWNER_POLICY && rights.length < RIGHTS.length) {
    throw new HubError('InvalidOperation', `The policy ${OWNER_POLICY} has all rights.`);
  }
  return {
    name,
    rights,
    keys: {
      primary: nextKey(primaryKey, current?.keys.primary),
      secondary: nextKey(secondaryKey, current?.keys.secondary),
    },
    etag: newEtag(),
  };
}

export function samePolicy(left: Policy, right: Policy): boolean {
  return (
    left.keys.primary === right.keys.primary &&
    left.keys.secondary === right.keys.secondary &&
    sameRights(left.rights, right.rights)
  );
}

/** Whether both grant the same, in whatever order. */
export function sameRights(left: readonly PolicyRight[], right: readonly PolicyRight[]): boolean {
  return RIGHTS.every((name) => left.includes(name) === right.includes(name));
}

function nextKey(requested: string | undefined, current: string | undefined): string {
  if (!requested) {
    return current ?? generateKey();
  }
  if (!isValidKey(requested)) {
    throw new HubError('ArgumentInvalid', 'A key is base64 of 16 to 64 bytes.');
  }
  return requested;
}
