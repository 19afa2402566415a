import { createSasToken, sasKeyFromBase64 } from '@mooring/credentials';
import { call } from './https.js';
import { createDevice } from './registry.js';
import type { Siege } from './siege.js';

/** Who is there to be attacked, and what attackers have got hold of. */
export interface Cast {
  readonly host: string;
  /** Base64, by the name of its holder. `victim` and `other` are devices, `module` is one of `victim`. */
  readonly keys: Readonly<Record<'victim' | 'other' | 'disabled' | 'module', string>>;
  /** Primary keys, base64, by the policy's name. */
  readonly policyKeys: Readonly<Record<string, string>>;
}

/** Registers the cast with a hub, and makes secrets of what they hold. */
export async function assemble(siege: Siege): Promise<Cast> {
  const { hub, registry } = siege;
  const victim = await createDevice(registry, hub, 'victim');
  const other = await createDevice(registry, hub, 'other');
  const disabled = await createDevice(registry, hub, 'disabled');
  await registry.update({ deviceId: 'disabled', status: 'disabled' });
  const module = (await registry.addModule({ deviceId: 'victim', moduleId: 'm' })).responseBody;
  const moduleKey = module.authentication?.symmetricKey?.primaryKey ?? '';

  const { body } = await call(hub, { method: 'GET', path: '/management/policies' });
  const policies = JSON.parse(body) as { name: string; primaryKey: string; secondaryKey: string }[];
  const keys = { victim: victim.key, other: other.key, disabled: disabled.key, module: moduleKey };
  for (const secret of [...Object.values(keys), ...policies.flatMap((each) => [each.primaryKey, each.secondaryKey])]) {
    siege.keepSecret(secret);
  }
  const policyKeys = Object.fromEntries(policies.map(({ name, primaryKey }) => [name, primaryKey]));
  return { host: hub.host, keys, policyKeys };
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
