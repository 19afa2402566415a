import { HubError } from '@mooring/errors';
import { identity } from '@mooring/proto';
import type { AuthenticationType, Status } from '../domain/model.js';
import type { PolicyRight } from '../domain/policy.js';

const { AuthenticationType: Type, Status: ProtoStatus, Right } = identity;

const TYPES: readonly (readonly [identity.AuthenticationType, AuthenticationType])[] = [
  [Type.SAS, 'sas'],
  [Type.SELF_SIGNED, 'selfSigned'],
  [Type.CERTIFICATE_AUTHORITY, 'certificateAuthority'],
  [Type.NONE, 'none'],
];
const STATUSES: readonly (readonly [identity.Status, Status])[] = [
  [ProtoStatus.ENABLED, 'enabled'],
  [ProtoStatus.DISABLED, 'disabled'],
];
const RIGHTS: readonly (readonly [identity.Right, PolicyRight])[] = [
  [Right.REGISTRY_READ, 'registryRead'],
  [Right.REGISTRY_WRITE, 'registryWrite'],
  [Right.SERVICE_CONNECT, 'serviceConnect'],
  [Right.DEVICE_CONNECT, 'deviceConnect'],
];

const typeByProto = new Map(TYPES);
const protoByType = new Map(TYPES.map(([proto, word]) => [word, proto]));
const statusByProto = new Map(STATUSES);
const protoByStatus = new Map(STATUSES.map(([proto, word]) => [word, proto]));
const rightByProto = new Map(RIGHTS);
const protoByRight = new Map(RIGHTS.map(([proto, word]) => [word, proto]));

/** Undefined for unspecified. @throws HubError `ArgumentInvalid` for a number that means nothing */
export function fromType(type: identity.AuthenticationType): AuthenticationType | undefined {
  return type === Type.UNSPECIFIED ? undefined : known(typeByProto.get(type), 'authentication type');
}

export function toType(type: AuthenticationType): identity.AuthenticationType {
  return protoByType.get(type) ?? Type.UNSPECIFIED;
}

/** Undefined for unspecified. @throws HubError `ArgumentInvalid` for a number that means nothing */
export function fromStatus(status: identity.Status): Status | undefined {
  return status === ProtoStatus.UNSPECIFIED ? undefined : known(statusByProto.get(status), 'status');
}

export function toStatus(status: Status): identity.Status {
  return protoByStatus.get(status) ?? ProtoStatus.UNSPECIFIED;
}

/** @throws HubError `ArgumentInvalid` for a number that means nothing */
export function fromRight(right: identity.Right): PolicyRight {
  return known(rightByProto.get(right), 'right');
}

export function toRight(right: PolicyRight): identity.Right {
  return protoByRight.get(right) ?? Right.UNSPECIFIED;
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) {
    throw new HubError('ArgumentInvalid', `The ${what} is unknown.`);
  }
  return value;
}
