import { randomBytes } from 'node:crypto';
import { createSasToken, sasKeyFromBase64 } from '@mooring/credentials';
import { type DeviceCredentials, registerDevices, ServiceClient } from '@mooring/test-fleet';
import type { HubAccess } from '@mooring/test-parts';
import { type DeviceCertificate, selfSignedCertificate, type TestAuthority, testAuthority } from '@mooring/test-wire';
import type { Secrets } from './secrets.js';

/** Who is there to be attacked, who attacks, and what attackers have got hold of. */
export interface Cast {
  readonly host: string;
  /** Base64, by the holder's name. `victim` and `other` are devices, `module` is one of `victim`, named `m`. */
  readonly keys: Readonly<Record<'victim' | 'other' | 'disabled' | 'module' | 'a' | 'ab', string>>;
  /** Devices of their own, each for one attempt at a time. */
  readonly attackers: readonly DeviceCredentials[];
  /** Primary keys, base64, by the policy's name. */
  readonly policyKeys: Readonly<Record<string, string>>;
  /** Registered with the hub. */
  readonly authority: TestAuthority;
  /** Known by its thumbprint as that of the device `pinned`. */
  readonly pinned: DeviceCertificate;
  /** Known by its thumbprint as that of the device `outdated`, and out of date. */
  readonly outdated: DeviceCertificate;
  readonly secrets: Secrets;
}

export const DAY_MS = 24 * 60 * 60 * 1000;
const ATTACKERS = 24;
const DEVICES = ['victim', 'other', 'disabled', 'a', 'ab'];

/** Registers all of them with a hub. */
export async function assemble(hub: HubAccess, secrets: Secrets): Promise<Cast> {
  const client = new ServiceClient(hub);
  try {
    const attackerIds = Array.from({ length: ATTACKERS }, (_, index) => `rude-${String(index).padStart(2, '0')}`);
    const registered = await registerDevices(hub, [...DEVICES, ...attackerIds]);
    const keys = Object.fromEntries(registered.map(({ deviceId, key }) => [deviceId, key]));
    const authority = await testAuthority('factory');
    await client.call('PUT', '/management/certificates/factory', { certificate: authority.pem });
    const pinned = await selfSignedCertificate('pinned');
    const outdated = await selfSignedCertificate('outdated', { notAfter: new Date(Date.now() - DAY_MS) });
    keys['module'] = randomBytes(32).toString('base64');
    await client.call('POST', '/devices', [
      { ...identity('disabled'), ...sas(keys['disabled']), status: 'disabled' },
      { ...identity('victim'), ...sas(keys['module']), moduleId: 'm' },
      { ...identity('signed'), authentication: { type: 'certificateAuthority' } },
      { ...identity('pinned'), ...selfSigned(pinned) },
      { ...identity('outdated'), ...selfSigned(outdated) },
    ]);

    const policies = JSON.parse(await client.call('GET', '/management/policies')) as Policy[];
    for (const secret of [
      ...Object.values(keys),
      ...policies.flatMap((each) => [each.primaryKey, each.secondaryKey]),
    ]) {
      secrets.keep(secret);
    }
    return {
      host: hub.host,
      keys: keys as Cast['keys'],
      attackers: registered.slice(DEVICES.length),
      policyKeys: Object.fromEntries(policies.map(({ name, primaryKey }) => [name, primaryKey])),
      ...{ authority, pinned, outdated, secrets },
    };
  } finally {
    client.close();
  }
}

interface Policy {
  readonly name: string;
  readonly primaryKey: string;
  readonly secondaryKey: string;
}

function identity(id: string): object {
  return { id, importMode: 'createOrUpdate', status: 'enabled' };
}

function sas(key: string | undefined): object {
  return { authentication: { type: 'sas', symmetricKey: { primaryKey: key, secondaryKey: key } } };
}

function selfSigned({ sha256 }: DeviceCertificate): object {
  const x509Thumbprint = { primaryThumbprint: sha256, secondaryThumbprint: '' };
  return { authentication: { type: 'selfSigned', x509Thumbprint } };
}

export interface TokenOf {
  /** Not encoded. */
  readonly resource: string;
  /** Base64. */
  readonly key: string;
  readonly seconds?: number;
  readonly policy?: string;
}

/** A genuine token, whatever for. */
export function token({ resource, key, seconds = 600, policy }: TokenOf): string {
  const se = Math.floor(Date.now() / 1000) + seconds;
  return createSasToken({ resource, key: sasKeyFromBase64(key), se, ...(policy === undefined ? {} : { policy }) });
}

/** A device's own token. */
export function deviceToken({ host }: Cast, { deviceId, key }: DeviceCredentials): string {
  return token({ resource: `${host}/devices/${deviceId}`, key });
}

/** A token of a policy for the whole hub. */
export function policyToken({ host, policyKeys }: Cast, policy: string, resource = host): string {
  return token({ resource, key: policyKeys[policy] ?? '', policy });
}
