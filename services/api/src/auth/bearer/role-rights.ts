import { RIGHTS, type RightName } from '@mooring/config';

/**
 * Roles that a token may have: the rights themselves, and Azure's built-in roles. Rights are coarser than Azure's
 * actions: who may change twins may also send messages and call methods.
 */
const RIGHTS_OF_ROLES: ReadonlyMap<string, readonly RightName[]> = new Map<string, readonly RightName[]>([
  ...RIGHTS.map((right) => [keyOf(right), [right]] as const),
  [keyOf('IoT Hub Data Contributor'), RIGHTS],
  [keyOf('IoT Hub Data Reader'), ['RegistryRead']],
  [keyOf('IoT Hub Registry Contributor'), ['RegistryRead', 'RegistryWrite']],
  [keyOf('IoT Hub Twin Contributor'), ['RegistryRead', 'ServiceConnect']],
]);

/** @param roles the claim as it came: a list of names, or one; anything else gives nothing */
export function rightsOfRoles(roles: unknown): ReadonlySet<RightName> {
  const names = (Array.isArray(roles) ? roles : [roles]).filter((role) => typeof role === 'string');
  return new Set(names.flatMap((name) => RIGHTS_OF_ROLES.get(keyOf(name)) ?? []));
}

/** The value of an app role must not have spaces: `IoTHubDataReader`, `IoT.Hub.Data.Reader` are the role too. */
function keyOf(role: string): string {
  return role.replace(/[\s._-]/g, '').toLowerCase();
}
