import type { Authentication, KeyVault, SealedAuthentication } from './model.js';

/** What a device's keys are sealed for. */
export function deviceOwner(deviceId: string, generation: string): string {
  return `device/${deviceId}/${generation}`;
}

/** What a module's keys are sealed for. No id holds a slash. */
export function moduleOwner(deviceId: string, moduleId: string, generation: string): string {
  return `module/${deviceId}/${moduleId}/${generation}`;
}

export function sealAuthentication(
  { type, keys, thumbprints }: Authentication,
  vault: KeyVault,
  owner: string,
): SealedAuthentication {
  return { type, thumbprints, sealedKeys: keys === undefined ? undefined : vault.seal(keys, owner) };
}

export function openAuthentication(
  { type, sealedKeys, thumbprints }: SealedAuthentication,
  vault: KeyVault,
  owner: string,
): Authentication {
  return { type, thumbprints, keys: sealedKeys === undefined ? undefined : vault.open(sealedKeys, owner) };
}
