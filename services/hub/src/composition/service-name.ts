/** The services that a process can hold. */
export const SERVICE_NAMES = ['edge', 'api', 'identity', 'twin', 'c2d-queue', 'routing', 'monitoring'] as const;

export type ServiceName = (typeof SERVICE_NAMES)[number];

export type Services = ReadonlySet<ServiceName>;

export function isServiceName(name: string): name is ServiceName {
  return (SERVICE_NAMES as readonly string[]).includes(name);
}

/** Whether a process holds any of these. */
export function holdsAny(services: Services, ...names: readonly ServiceName[]): boolean {
  return names.some((name) => services.has(name));
}
