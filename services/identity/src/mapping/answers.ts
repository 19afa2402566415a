import { identity } from '@mooring/proto';
import type { Admission, Key } from '../admission/admission.js';
import type { Certificate } from '../domain/certificate.js';
import type { Authentication, KeyVault, LiveDevice, ModuleState, SealedAuthentication } from '../domain/model.js';
import type { Policy } from '../domain/policy.js';
import { deviceOwner, moduleOwner, openAuthentication } from '../domain/sealed-authentication.js';
import type { SessionState } from '../domain/session.js';
import { toRight, toStatus, toType } from './enums.js';

/** What identity does not know: it is told by those that do. */
const UNKNOWN_HERE = {
  connectionState: identity.ConnectionState.DISCONNECTED,
  connectionStateUpdatedTimeMs: 0,
  lastActivityTimeMs: 0,
  cloudToDeviceMessageCount: 0,
} as const;

export function toDeviceIdentity(device: LiveDevice, vault: KeyVault): identity.Identity {
  const owner = deviceOwner(device.id, device.generation);
  const authentication = toAuthentication(openAuthentication(device.authentication, vault, owner));
  return { ...describeDevice(device), authentication };
}

export function toModuleIdentity(device: LiveDevice, module: ModuleState, vault: KeyVault): identity.Identity {
  const owner = moduleOwner(device.id, module.id, module.generation);
  const authentication = toAuthentication(openAuthentication(module.authentication, vault, owner));
  return { ...describeModule(device, module), authentication };
}

/** A device without its keys. */
export function describeDevice(device: LiveDevice): identity.Identity {
  const { id, generation, etag, status, statusReason, statusUpdatedTime, iotEdge, deviceScope, parentScopes } = device;
  return {
    ...UNKNOWN_HERE,
    key: { deviceId: id, moduleId: '' },
    generationId: generation,
    etag,
    authentication: describeAuthentication(device.authentication),
    status: toStatus(status),
    statusReason,
    statusUpdatedTimeMs: statusUpdatedTime,
    iotEdge,
    deviceScope,
    parentScopes: [...parentScopes],
    managedBy: '',
  };
}

/** A module without its keys; its status is its device's. */
export function describeModule(device: LiveDevice, module: ModuleState): identity.Identity {
  const { id, generation, etag, managedBy } = module;
  return {
    ...UNKNOWN_HERE,
    key: { deviceId: device.id, moduleId: id },
    generationId: generation,
    etag,
    authentication: describeAuthentication(module.authentication),
    status: toStatus(device.status),
    statusReason: '',
    statusUpdatedTimeMs: 0,
    iotEdge: undefined,
    deviceScope: undefined,
    parentScopes: [],
    managedBy,
  };
}

export function toCredentials(key: Key, admission: Admission | undefined): identity.Credentials {
  if (admission === undefined) {
    return {
      key,
      found: false,
      generationId: '',
      version: 0,
      enabled: false,
      authentication: undefined,
      session: undefined,
    };
  }
  const { generation, version, enabled, authentication, session } = admission;
  return {
    key,
    found: true,
    generationId: generation,
    version,
    enabled,
    authentication: toAuthentication(authentication),
    session: session && toSession(session),
  };
}

export function toPolicy({ name, keys, rights, etag }: Policy): identity.Policy {
  return { name, primaryKey: keys.primary, secondaryKey: keys.secondary, rights: rights.map(toRight), etag };
}

export function toCertificate(certificate: Certificate): identity.Certificate {
  const { name, pem, subject, thumbprint, notBefore, notAfter, etag, createdTime } = certificate;
  return {
    name,
    pem,
    subject,
    thumbprint,
    notBeforeMs: notBefore,
    notAfterMs: notAfter,
    etag,
    createdTimeMs: createdTime,
  };
}

function describeAuthentication({ type, thumbprints }: SealedAuthentication): identity.Authentication {
  return toAuthentication({ type, thumbprints });
}

function toAuthentication({ type, keys, thumbprints }: Authentication): identity.Authentication {
  return {
    type: toType(type),
    primaryKey: keys?.primary ?? '',
    secondaryKey: keys?.secondary ?? '',
    primaryThumbprint: thumbprints?.primary ?? '',
    secondaryThumbprint: thumbprints?.secondary ?? '',
  };
}

function toSession({ epoch, subscriptions }: SessionState): identity.Session {
  // Of a null prototype, so that `__proto__`, which a device may subscribe to, is a filter like any other.
  const byFilter: Record<string, number> = Object.create(null);
  for (const { filter, qos } of subscriptions) {
    byFilter[filter] = qos;
  }
  return { epoch, subscriptions: byFilter };
}
