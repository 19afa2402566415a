import type { NumberedDevice } from '@mooring/test-fleet';

/** Whether a connection of it has ended since. */
export function closedSince({ connections }: NumberedDevice, time: number): boolean {
  return connections.some(({ closedAt }) => closedAt !== undefined && closedAt > time);
}

/** Whether a connection of it was admitted since. */
export function acceptedSince({ connections }: NumberedDevice, time: number): boolean {
  return connections.some(({ acceptedAt }) => acceptedAt !== undefined && acceptedAt > time);
}

export function acknowledgedBy(devices: readonly NumberedDevice[]): number {
  return devices.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
}
