import { trustAuthority } from '@mooring/test-fleet';
import type { HubAccess } from '@mooring/test-parts';
import { Registry } from 'azure-iothub';

/** The service SDK's registry of a hub, with the owner's rights. */
export function openRegistry(hub: HubAccess): Registry {
  trustAuthority(hub.ca);
  return Registry.fromConnectionString(hub.connectionString);
}

/** Creates a device with generated keys. @returns its primary key and its connection string */
export async function createDevice(
  registry: Registry,
  hub: HubAccess,
  deviceId: string,
): Promise<{ key: string; connectionString: string }> {
  const { responseBody } = await registry.create({ deviceId });
  const key = responseBody.authentication?.symmetricKey?.primaryKey ?? '';
  return { key, connectionString: `HostName=${hub.host};DeviceId=${deviceId};SharedAccessKey=${key}` };
}
