import { createSasToken, sasKeyFromBase64 } from '@mooring/credentials';
import { type DeviceCertificate, selfSignedCertificate, type TestAuthority, testAuthority } from '@mooring/test-wire';
import type { Registry } from 'azure-iothub';
import { call } from './https.js';
import { putCertificate } from './management.js';
import { createDevice } from './registry.js';
import type { Siege } from './siege.js';

/** Who is there to be attacked, and what attackers have got hold of. */
export interface Cast {
  readonly host: string;
  /** Base64, by the name of its holder. `victim` and `other` are devices, `module` is one of `victim`. */
  readonly keys: Readonly<Record<'victim' | 'other' | 'disabled' | 'module', string>>;
  /** Primary keys, base64, by the policy's name. */
  readonly policyKeys: Readonly<Record<string, string>>;
  /** Registered with the hub. */
  readonly authority: TestAuthority;
  /** Known by its thumbprint as that of `pinned`. */
  readonly pinned: DeviceCertificate;
  /** Known by its thumbprint as that of `outdated`, and out of date. */
  readonly outdated: DeviceCertificate;
}

export const DAY_MS = 24 * 60 * 60 * 1000;

/** Registers the cast with a hub, and makes secrets of what they hold. */
export async function assemble(siege: Siege): Promise<Cast> {
  const { hub, registry } = siege;
  const victim = await createDevice(registry, hub, 'victim');
  const other = await createDevice(registry, hub, 'other');
  const disabled = await createDevice(registry, hub, 'disabled');
  await registry.update({ deviceId: 'disabled', status: 'disabled' });
  const module = (await registry.addModule({ deviceId: 'victim', moduleId: 'm' })).responseBody;
  const moduleKey = module.authentication?.symmetricKey?.primaryKey ?? '';

  const authority = await testAuthority('factory');
  await putCertificate(hub, 'factory', authority.pem);
  await registry.create({ deviceId: 'signed', authentication: { type: 'certificateAuthority' } });
  const pinned = await selfSignedCertificate('pinned');
  await registerPinned(registry, 'pinned', pinned);
  const outdated = await selfSignedCertificate('outdated', { notAfter: new Date(Date.now() - DAY_MS) });
  await registerPinned(registry, 'outdated', outdated);

  const { body } = await call(hub, { method: 'GET', path: '/management/policies' });
  const policies = JSON.parse(body) as { name: string; primaryKey: string; secondaryKey: string }[];
  const keys = { victim: victim.key, other: other.key, disabled: disabled.key, module: moduleKey };
  for (const secret of [...Object.values(keys), ...policies.flatMap((each) => [each.primaryKey, each.secondaryKey])]) {
    siege.keepSecret(secret);
  }
  const policyKeys = Object.fromEntries(policies.map(({ name, primaryKey }) => [name, primaryKey]));
  return { host: hub.host, keys, policyKeys, authority, pinned, outdated };
}

async function registerPinned(registry: Registry, deviceId: string, { sha256 }: DeviceCertificate): Promise<void> {
  const x509Thumbprint = { primaryThumbprint: sha256, secondaryThumbprint: '' };
  await registry.create({ deviceId, authentication: { type: 'selfSigned', x509Thumbprint } });
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
