import { identity } from '@mooring/proto';
import type { KnownIdentity } from '../domain/new-twin.js';
import type { AuthenticationType } from '../domain/twin.js';

const AUTHENTICATION_TYPES: ReadonlyMap<identity.AuthenticationType, AuthenticationType> = new Map([
  [identity.AuthenticationType.SAS, 'sas'],
  [identity.AuthenticationType.SELF_SIGNED, 'selfSigned'],
  [identity.AuthenticationType.CERTIFICATE_AUTHORITY, 'certificateAuthority'],
]);

/** What a twin keeps of a description; undefined if there is no such identity. */
export function knownIdentity({ found, identity: of, revision }: identity.Description): KnownIdentity | undefined {
  if (!found || of?.key === undefined) {
    return undefined;
  }
  const { deviceId, moduleId } = of.key;
  return {
    owner: { deviceId, moduleId, generation: of.generationId },
    copy: {
      revision,
      etag: of.etag,
      status: of.status === identity.Status.DISABLED ? 'disabled' : 'enabled',
      statusReason: of.statusReason,
      statusUpdatedTime: of.statusUpdatedTimeMs,
      authenticationType: AUTHENTICATION_TYPES.get(of.authentication?.type ?? 0) ?? 'none',
      primaryThumbprint: of.authentication?.primaryThumbprint ?? '',
      secondaryThumbprint: of.authentication?.secondaryThumbprint ?? '',
      iotEdge: of.iotEdge ?? false,
      deviceScope: of.deviceScope ?? '',
      parentScopes: of.parentScopes,
    },
  };
}
