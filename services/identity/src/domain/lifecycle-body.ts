import { type Device, isLive, type ModuleState, type SealedAuthentication } from './model.js';

/** How Azure writes a time that never was. */
const NEVER = '0001-01-01T00:00:00';
/** Of a twin that nobody has changed yet. */
const NEW_TWIN = { etag: 'AAAAAAAAAAE=', version: 2, sectionVersion: 1 } as const;

/** The body of a device's life-cycle event: its twin as new, in JSON. Holds no key. */
export function deviceLifecycleBody(device: Device, time: number): string {
  const { id, etag, statusReason, statusUpdatedTime, iotEdge, deviceScope, parentScopes } = device;
  return JSON.stringify({
    deviceId: id,
    etag: NEW_TWIN.etag,
    deviceEtag: etag,
    version: NEW_TWIN.version,
    status: isLive(device) ? device.status : 'disabled',
    ...(statusReason === '' ? {} : { statusReason }),
    statusUpdateTime: statusUpdatedTime === 0 ? NEVER : new Date(statusUpdatedTime).toISOString(),
    ...connection(device.authentication),
    capabilities: { iotEdge },
    ...(deviceScope === '' ? {} : { deviceScope, parentScopes }),
    properties: newProperties(time),
  });
}

/** The same of a module. */
export function moduleLifecycleBody(device: Device, module: ModuleState, time: number): string {
  return JSON.stringify({
    deviceId: device.id,
    moduleId: module.id,
    etag: NEW_TWIN.etag,
    deviceEtag: module.etag,
    version: NEW_TWIN.version,
    status: 'enabled',
    statusUpdateTime: NEVER,
    ...connection(module.authentication),
    properties: newProperties(time),
  });
}

function connection({ type, thumbprints }: SealedAuthentication): object {
  return {
    connectionState: 'Disconnected',
    lastActivityTime: NEVER,
    cloudToDeviceMessageCount: 0,
    authenticationType: type,
    x509Thumbprint: {
      primaryThumbprint: thumbprints?.primary || null,
      secondaryThumbprint: thumbprints?.secondary || null,
    },
  };
}

function newProperties(time: number): object {
  const section = { $metadata: { $lastUpdated: new Date(time).toISOString() }, $version: NEW_TWIN.sectionVersion };
  return { desired: section, reported: section };
}
