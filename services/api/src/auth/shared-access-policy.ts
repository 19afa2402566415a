import { RIGHTS, type RightName } from '@mooring/config';
import { identity } from '@mooring/proto';

/** A shared access policy: what whoever signs with one of its keys may do. */
export interface SharedAccessPolicy {
  readonly name: string;
  /** Base64, primary first. Hub clients sign with the bytes, Event Hubs clients with the text. */
  readonly keys: readonly string[];
  readonly rights: ReadonlySet<RightName>;
}

const RIGHT_BY_NAME = {
  RegistryRead: identity.Right.REGISTRY_READ,
  RegistryWrite: identity.Right.REGISTRY_WRITE,
  ServiceConnect: identity.Right.SERVICE_CONNECT,
  DeviceConnect: identity.Right.DEVICE_CONNECT,
} as const satisfies Record<RightName, identity.Right>;

/** Rights as users spell them, in the order of `RIGHTS`; those that this release does not know are left out. */
export function rightNames(rights: readonly identity.Right[]): RightName[] {
  return RIGHTS.filter((name) => rights.includes(RIGHT_BY_NAME[name]));
}

export function rightsOf(names: readonly RightName[]): identity.Right[] {
  return names.map((name) => RIGHT_BY_NAME[name]);
}

export function sharedAccessPolicy(policy: identity.Policy): SharedAccessPolicy {
  return {
    name: policy.name,
    keys: [policy.primaryKey, policy.secondaryKey].filter((key) => key !== ''),
    rights: new Set(rightNames(policy.rights)),
  };
}
