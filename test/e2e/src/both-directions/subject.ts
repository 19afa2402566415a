import { Client as DeviceClient, ModuleClient } from 'azure-iot-device';
import { Mqtt, MqttWs } from 'azure-iot-device-mqtt';
import { type Registry, Client as ServiceClient } from 'azure-iothub';
import { createDevice, openRegistry } from '../support/registry.js';
import type { RunningHub } from '../support/stores.js';

/** Ways in which a device connects. */
export const TRANSPORTS: readonly (readonly [name: string, transport: typeof Mqtt | typeof MqttWs])[] = [
  ['MQTT', Mqtt],
  ['MQTT over WebSocket', MqttWs],
];

export { Mqtt as MQTT };

/** A hub that runs, with its registry and who calls its devices. */
export interface Subject {
  readonly hub: RunningHub;
  readonly registry: Registry;
  readonly service: ServiceClient;
}

export function subjectOf(hub: RunningHub): Subject {
  return { hub, registry: openRegistry(hub), service: ServiceClient.fromConnectionString(hub.connectionString) };
}

/** Registers a device and makes its client; not yet opened. */
export async function newDevice(
  { hub, registry }: Subject,
  deviceId: string,
  transport: typeof Mqtt | typeof MqttWs,
): Promise<DeviceClient> {
  const { connectionString } = await createDevice(registry, hub, deviceId);
  return DeviceClient.fromConnectionString(connectionString, transport);
}

/** Registers a module of a new device and makes its client; not yet opened. */
export async function newModule(
  { hub, registry }: Subject,
  { deviceId, moduleId }: { readonly deviceId: string; readonly moduleId: string },
  transport: typeof Mqtt | typeof MqttWs,
): Promise<ModuleClient> {
  await createDevice(registry, hub, deviceId);
  const { responseBody } = await registry.addModule({ deviceId, moduleId });
  const key = responseBody.authentication?.symmetricKey?.primaryKey;
  const connectionString = `HostName=${hub.host};DeviceId=${deviceId};ModuleId=${moduleId};SharedAccessKey=${key}`;
  return ModuleClient.fromConnectionString(connectionString, transport);
}

/** A name that a test's devices of one transport share. */
export function nameOf(kind: string, transport: string): string {
  return `${kind}-${transport.replaceAll(' ', '')}`;
}

export type AnyClient = DeviceClient | ModuleClient;
