import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:https';
import { createSasToken, sasKeyFromBase64 } from '@mooring/credentials';
import { type HubPart, startHub } from '@mooring/test-parts';
import type { DeviceLogin } from '../load/packets.js';
import type { Target } from './kinds.js';

const API_VERSION = 'api-version=2021-04-12';
const BULK_LIMIT = 100;
const TOKEN_SECONDS = 24 * 60 * 60;

/** Mooring in one process, on the stores that the environment names. */
export async function startHubTarget(environment: Readonly<Record<string, string>>): Promise<Target> {
  const hub = await startHub({
    environment: { MOORING_LOG_LEVEL: 'warn', MOORING_CONNECT_RATE: '100000', ...environment },
  });
  if (hub.pid === undefined) {
    throw new Error('the hub does not run');
  }
  return {
    address: { host: hub.host, port: 8883, ca: hub.ca },
    pid: hub.pid,
    devices: (count) => registerDevices(hub, count),
    close: () => hub.close(),
  };
}

async function registerDevices(hub: HubPart, count: number): Promise<readonly DeviceLogin[]> {
  const owner = new Map(
    hub.connectionString.split(';').map((part) => part.split(/=(.*)/s).slice(0, 2) as [string, string]),
  );
  const key = sasKeyFromBase64(owner.get('SharedAccessKey') ?? '');
  const policy = owner.get('SharedAccessKeyName') ?? '';
  const authorization = createSasToken({ resource: hub.host, key, policy, se: expiry() });
  const agent = new Agent({ keepAlive: true, ca: hub.ca });
  const ids = Array.from({ length: count }, (_, index) => `bench-${index}`);
  for (let at = 0; at < count; at += BULK_LIMIT) {
    const devices = ids.slice(at, at + BULK_LIMIT).map((id) => ({
      id,
      importMode: 'create',
      status: 'enabled',
      authentication: { type: 'sas', symmetricKey: { primaryKey: deviceKey(id), secondaryKey: deviceKey(id) } },
    }));
    await post(`https://${hub.host}/devices?${API_VERSION}`, { agent, authorization, body: JSON.stringify(devices) });
  }
  agent.destroy();
  return ids.map((id) => ({
    clientId: id,
    userName: `${hub.host}/${id}/?${API_VERSION}&DeviceClientType=bench`,
    password: createSasToken({
      resource: `${hub.host}/devices/${id}`,
      key: sasKeyFromBase64(deviceKey(id)),
      se: expiry(),
    }),
  }));
}

function expiry(): number {
  return Math.floor(Date.now() / 1000) + TOKEN_SECONDS;
}

function deviceKey(id: string): string {
  return createHmac('sha256', 'bench').update(id).digest('base64');
}

interface Post {
  readonly agent: Agent;
  readonly authorization: string;
  readonly body: string;
}

function post(url: string, { agent, authorization, body }: Post): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { authorization, 'content-type': 'application/json' };
    const call = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`POST ${url}: ${response.statusCode}`)),
      );
    });
    call.on('error', reject);
    call.end(body);
  });
}
