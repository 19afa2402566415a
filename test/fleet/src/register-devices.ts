import { createHmac } from 'node:crypto';
import type { HubAccess } from '@mooring/test-parts';
import { ServiceClient } from './service-client.js';

export interface DeviceCredentials {
  readonly deviceId: string;
  /** Base64. */
  readonly key: string;
}

const BULK_LIMIT = 100;

/** Registers devices with keys that follow from their ids, many in one call. */
export async function registerDevices(
  hub: HubAccess,
  deviceIds: readonly string[],
): Promise<readonly DeviceCredentials[]> {
  const client = new ServiceClient(hub);
  const devices = deviceIds.map((deviceId) => ({ deviceId, key: deviceKey(deviceId) }));
  try {
    for (let at = 0; at < devices.length; at += BULK_LIMIT) {
      const bulk = devices.slice(at, at + BULK_LIMIT).map(({ deviceId, key }) => ({
        id: deviceId,
        importMode: 'createOrUpdate',
        status: 'enabled',
        authentication: { type: 'sas', symmetricKey: { primaryKey: key, secondaryKey: key } },
      }));
      await client.call('POST', '/devices', bulk);
    }
  } finally {
    client.close();
  }
  return devices;
}

function deviceKey(deviceId: string): string {
  return createHmac('sha256', 'fleet').update(deviceId).digest('base64');
}
