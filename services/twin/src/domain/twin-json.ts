import { sectionJson, treeJson } from './section-json.js';
import type { Twin } from './twin.js';

/** How Azure writes a time that never was. */
export const NEVER = '0001-01-01T00:00:00';

/** A whole twin as REST answers it: JSON text. */
export function twinJson(twin: Twin): string {
  const { desired, desiredVersion, desiredMetadata, reported, reportedVersion, reportedMetadata } = twin;
  const properties =
    `{"desired":${sectionJson(desired, desiredVersion, desiredMetadata)},` +
    `"reported":${sectionJson(reported, reportedVersion, reportedMetadata)}}`;
  const rest = JSON.stringify(twinFields(twin)).slice(0, -1);
  return `${rest},"tags":${treeJson(twin.tags)},"properties":${properties}}`;
}

/** What a device reads of its twin: JSON text. */
export function propertiesJson({ desired, desiredVersion, reported, reportedVersion }: Twin): string {
  return `{"desired":${sectionJson(desired, desiredVersion)},"reported":${sectionJson(reported, reportedVersion)}}`;
}

/** What a whole twin shows beside its sections. */
export function twinFields(twin: Twin): object {
  const { deviceId, moduleId, etag, twinVersion, modelId, identity, connection, messageCount } = twin;
  const isDevice = moduleId === '';
  return {
    deviceId,
    ...(isDevice ? {} : { moduleId }),
    etag,
    deviceEtag: identity.etag,
    version: twinVersion,
    status: identity.status,
    ...(identity.statusReason === '' ? {} : { statusReason: identity.statusReason }),
    statusUpdateTime: isoTime(identity.statusUpdatedTime),
    connectionState: connection.state,
    lastActivityTime: isoTime(connection.lastActivityTime),
    cloudToDeviceMessageCount: messageCount,
    authenticationType: identity.authenticationType,
    x509Thumbprint: {
      primaryThumbprint: identity.primaryThumbprint || null,
      secondaryThumbprint: identity.secondaryThumbprint || null,
    },
    modelId: modelId ?? '',
    ...(isDevice ? { capabilities: { iotEdge: identity.iotEdge } } : {}),
    ...(identity.deviceScope === '' ? {} : { deviceScope: identity.deviceScope }),
    ...(isDevice ? { parentScopes: identity.parentScopes } : {}),
  };
}

function isoTime(ms: number): string {
  return ms === 0 ? NEVER : new Date(ms).toISOString();
}
