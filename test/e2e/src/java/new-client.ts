import { createDevice } from '../support/registry.js';
import type { JavaBench } from './features.js';
import type { JavaClient } from './java-client.js';
import { type ClientOptions, PROTOCOLS, type Protocol } from './java-sdk.js';

/** Those over which devices have connections, twins, methods and modules. */
export const CONNECTED: readonly Protocol[] = PROTOCOLS.filter((protocol) => protocol !== 'HTTPS');

/** Registers a device, and makes its client; not yet opened. */
export async function newDevice(
  { subject, sdk }: JavaBench,
  deviceId: string,
  options: Omit<ClientOptions, 'connectionString'>,
): Promise<JavaClient> {
  const { connectionString } = await createDevice(subject.registry, subject.hub, deviceId);
  return await sdk.client(deviceId, { connectionString, ...options });
}

/** Registers a module `m` of a new device, and makes its client; not yet opened. */
export async function newModule(
  { subject: { registry, hub }, sdk }: JavaBench,
  deviceId: string,
  options: Omit<ClientOptions, 'connectionString'>,
): Promise<JavaClient> {
  await createDevice(registry, hub, deviceId);
  const { responseBody } = await registry.addModule({ deviceId, moduleId: 'm' });
  const key = responseBody.authentication?.symmetricKey?.primaryKey;
  const connectionString = `HostName=${hub.host};DeviceId=${deviceId};ModuleId=m;SharedAccessKey=${key}`;
  return await sdk.client(deviceId, { connectionString, ...options });
}
