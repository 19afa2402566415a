import { createSasToken, sasKeyFromBase64 } from '@mooring/credentials';
import { registerDevices } from '@mooring/test-fleet';
import { type HubAccess, startHub } from '@mooring/test-parts';
import type { DeviceLogin } from '../load/packets.js';
import type { Target } from './kinds.js';

const TOKEN_SECONDS = 24 * 60 * 60;

/** Mooring in one process, on the stores that the environment names. */
export async function startHubTarget(environment: Readonly<Record<string, string>>): Promise<Target> {
  const hub = await startHub({
    environment: {
      MOORING_LOG_LEVEL: 'warn',
      MOORING_CONNECT_RATE: '100000',
      MOORING_AMQP_MAX_CONNECTIONS: '100000',
      ...environment,
    },
  });
  if (hub.pid === undefined) {
    throw new Error('the hub does not run');
  }
  return {
    address: { host: hub.host, port: 8883, ca: hub.ca },
    pid: hub.pid,
    devices: (count) => deviceLogins(hub, count),
    close: () => hub.close(),
  };
}

/** Registers devices, and says how they log in. */
export async function deviceLogins(hub: HubAccess, count: number): Promise<readonly DeviceLogin[]> {
  const ids = Array.from({ length: count }, (_, index) => `bench-${index}`);
  const se = Math.floor(Date.now() / 1000) + TOKEN_SECONDS;
  return (await registerDevices(hub, ids)).map(({ deviceId, key }) => ({
    clientId: deviceId,
    userName: `${hub.host}/${deviceId}/?api-version=2021-04-12&DeviceClientType=bench`,
    password: createSasToken({ resource: `${hub.host}/devices/${deviceId}`, key: sasKeyFromBase64(key), se }),
  }));
}
