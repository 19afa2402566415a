import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:https';
import { createSasToken, sasKeyFromBase64 } from '@mooring/credentials';
import type { HubAccess } from '@mooring/test-parts';

export interface DeviceCredentials {
  readonly deviceId: string;
  /** Base64. */
  readonly key: string;
}

const API_VERSION = 'api-version=2021-04-12';
const BULK_LIMIT = 100;
const TOKEN_SECONDS = 3600;

/** Registers devices with keys that follow from their ids, many in one call. */
export async function registerDevices(
  hub: HubAccess,
  deviceIds: readonly string[],
): Promise<readonly DeviceCredentials[]> {
  const owner = parseConnectionString(hub.connectionString);
  const agent = new Agent({ keepAlive: true, ca: hub.ca });
  const devices = deviceIds.map((deviceId) => ({ deviceId, key: deviceKey(deviceId) }));
  try {
    for (let at = 0; at < devices.length; at += BULK_LIMIT) {
      const bulk = devices.slice(at, at + BULK_LIMIT).map(({ deviceId, key }) => ({
        id: deviceId,
        importMode: 'createOrUpdate',
        status: 'enabled',
        authentication: { type: 'sas', symmetricKey: { primaryKey: key, secondaryKey: key } },
      }));
      await post({ agent, authorization: ownerToken(owner), body: JSON.stringify(bulk), host: owner.host });
    }
  } finally {
    agent.destroy();
  }
  return devices;
}

interface Owner {
  readonly host: string;
  readonly policy: string;
  readonly key: string;
}

function parseConnectionString(text: string): Owner {
  const parts = new Map(text.split(';').map((part) => part.split(/=(.*)/s).slice(0, 2) as [string, string]));
  return {
    host: parts.get('HostName') ?? '',
    policy: parts.get('SharedAccessKeyName') ?? '',
    key: parts.get('SharedAccessKey') ?? '',
  };
}

function ownerToken({ host, policy, key }: Owner): string {
  const se = Math.floor(Date.now() / 1000) + TOKEN_SECONDS;
  return createSasToken({ resource: host, key: sasKeyFromBase64(key), policy, se });
}

function deviceKey(deviceId: string): string {
  return createHmac('sha256', 'fleet').update(deviceId).digest('base64');
}

interface Post {
  readonly agent: Agent;
  readonly host: string;
  readonly authorization: string;
  readonly body: string;
}

function post({ agent, host, authorization, body }: Post): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { authorization, 'content-type': 'application/json' };
    const call = request({ agent, host, path: `/devices?${API_VERSION}`, method: 'POST', headers }, (response) => {
      response.resume();
      response.on('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`POST /devices: ${response.statusCode}`)),
      );
    });
    call.on('error', reject);
    call.end(body);
  });
}
