import { createSasToken } from '@mooring/credentials';
import { type DeviceCertificate, selfSignedCertificate } from '@mooring/test-wire';
import { Client } from 'azure-iot-device';
import { token } from '../support/cast.js';
import { ownerKey } from '../support/https.js';
import { createDevice } from '../support/registry.js';
import type { TableBench } from './bench.js';
import type { Transport } from './transports.js';

export type AuthenticationName =
  | 'key'
  | 'token'
  | 'token of a policy'
  | 'self-signed certificate'
  | 'SHA-1 of a certificate'
  | 'certificate of an authority';

/** A device that may come in, and how its client is made. */
export interface Enrolment {
  client(transport: Transport): Promise<Client>;
  /** A client whose credentials are another's. */
  intruder(transport: Transport): Promise<Client>;
  /** Has the client go on with another token, where that is for whom it works for to do. */
  renew?(client: Client): Promise<void>;
}

export interface Authentication {
  readonly name: AuthenticationName;
  /** What the stamps of a message say of it. */
  readonly type: 'sas' | 'x509';
  enrol(bench: TableBench, deviceId: string): Promise<Enrolment>;
}

const WRONG_KEY = Buffer.alloc(32).toString('base64');
const TOKEN_SECONDS = 600;

export const AUTHENTICATIONS: readonly Authentication[] = [
  {
    name: 'key',
    type: 'sas',
    enrol: async ({ registry, hub }, deviceId) => {
      const { connectionString, key } = await createDevice(registry, hub, deviceId);
      const clientOf = async (text: string, { protocol }: Transport) => Client.fromConnectionString(text, protocol);
      return {
        client: (transport) => clientOf(connectionString, transport),
        intruder: (transport) => clientOf(connectionString.replace(key, WRONG_KEY), transport),
      };
    },
  },
  {
    name: 'token',
    type: 'sas',
    enrol: async ({ registry, hub }, deviceId) => {
      const { key } = await createDevice(registry, hub, deviceId);
      const resource = `${hub.host}/devices/${deviceId}`;
      return byToken((seconds) => token({ resource, key, seconds }), token({ resource, key: WRONG_KEY }));
    },
  },
  {
    name: 'token of a policy',
    type: 'sas',
    enrol: async ({ registry, hub }, deviceId) => {
      await createDevice(registry, hub, deviceId);
      const tokenOf = (policy: string, seconds: number) => {
        const se = Math.floor(Date.now() / 1000) + seconds;
        return createSasToken({ resource: `${hub.host}/devices/${deviceId}`, key: ownerKey(hub), se, policy });
      };
      return byToken((seconds) => tokenOf('iothubowner', seconds), tokenOf('registryRead', TOKEN_SECONDS));
    },
  },
  { name: 'self-signed certificate', type: 'x509', enrol: (bench, deviceId) => selfSigned(bench, deviceId, 'sha256') },
  { name: 'SHA-1 of a certificate', type: 'x509', enrol: (bench, deviceId) => selfSigned(bench, deviceId, 'sha1') },
  {
    name: 'certificate of an authority',
    type: 'x509',
    enrol: async ({ registry, hub, authority }, deviceId) => {
      await registry.create({ deviceId, authentication: { type: 'certificateAuthority' } });
      const [own, other] = [await authority.issue(deviceId), await authority.issue(`other-${deviceId}`)];
      return byCertificate(`HostName=${hub.host};DeviceId=${deviceId};x509=true`, own, other);
    },
  },
];

function byToken(tokenOf: (seconds: number) => string, wrong: string): Enrolment {
  const clientOf = async (text: string, { protocol }: Transport) => Client.fromSharedAccessSignature(text, protocol);
  return {
    client: (transport) => clientOf(tokenOf(TOKEN_SECONDS), transport),
    intruder: (transport) => clientOf(wrong, transport),
    renew: async (client) => {
      await client.updateSharedAccessSignature(tokenOf(TOKEN_SECONDS + 1));
    },
  };
}

async function selfSigned(
  { registry, hub }: TableBench,
  deviceId: string,
  hash: 'sha1' | 'sha256',
): Promise<Enrolment> {
  const [own, other] = [await selfSignedCertificate('any name'), await selfSignedCertificate(deviceId)];
  const x509Thumbprint = { primaryThumbprint: '', secondaryThumbprint: own[hash] };
  await registry.create({ deviceId, authentication: { type: 'selfSigned', x509Thumbprint } });
  return byCertificate(`HostName=${hub.host};DeviceId=${deviceId};x509=true`, own, other);
}

function byCertificate(connectionString: string, own: DeviceCertificate, other: DeviceCertificate): Enrolment {
  const clientOf = async ({ cert, key }: DeviceCertificate, { protocol, options }: Transport) => {
    const client = Client.fromConnectionString(connectionString, protocol);
    await client.setOptions({ cert, key, ...options });
    return client;
  };
  return {
    client: (transport) => clientOf(own, transport),
    intruder: (transport) => clientOf(other, transport),
  };
}
