import type { Settings } from '@mooring/config';
import type { Limit } from './fair-bucket/fair-bucket.js';

/** What is limited, by the names that Azure's documents have for it. */
export type ThrottleName =
  | 'identity-operations'
  | 'device-connections'
  | 'd2c-sends'
  | 'c2d-sends'
  | 'c2d-receives'
  | 'direct-methods'
  | 'queries'
  | 'twin-reads'
  | 'twin-updates';

export type ThrottleSettings = Pick<
  Settings,
  | 'units'
  | 'throttling'
  | 'throttleBacklogSeconds'
  | 'throttleIdentityOperationsPerMinute'
  | 'throttleDeviceConnectionsPerSecond'
  | 'throttleD2cSendsPerSecond'
  | 'throttleC2dSendsPerMinute'
  | 'throttleC2dReceivesPerMinute'
  | 'throttleDirectMethodsKbPerSecond'
  | 'throttleQueriesPerMinute'
  | 'throttleTwinReadsPerSecond'
  | 'throttleTwinUpdatesPerSecond'
>;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** The limits of the whole hub: as they are set, or those of its units (Azure's tier S1). */
export function throttleLimits(settings: ThrottleSettings): Readonly<Record<ThrottleName, Limit>> {
  const { units } = settings;
  const limit = (perMs: number, set: number | undefined, perUnit: number, least = 0): Limit => ({
    amount: set ?? Math.max(perUnit * units, least),
    perMs,
  });
  return {
    'identity-operations': limit(MINUTE, settings.throttleIdentityOperationsPerMinute, 100),
    'device-connections': limit(SECOND, settings.throttleDeviceConnectionsPerSecond, 12, 100),
    'd2c-sends': limit(SECOND, settings.throttleD2cSendsPerSecond, 12, 100),
    'c2d-sends': limit(MINUTE, settings.throttleC2dSendsPerMinute, 100),
    'c2d-receives': limit(MINUTE, settings.throttleC2dReceivesPerMinute, 1_000),
    'direct-methods': limit(SECOND, settings.throttleDirectMethodsKbPerSecond, 160),
    queries: limit(MINUTE, settings.throttleQueriesPerMinute, 20),
    'twin-reads': limit(SECOND, settings.throttleTwinReadsPerSecond, 10, 100),
    'twin-updates': limit(SECOND, settings.throttleTwinUpdatesPerSecond, 5, 50),
  };
}

const METER_KB = 4;

/** What a payload of a direct method counts, in KB. */
export function meteredKb(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / (METER_KB * 1_024))) * METER_KB;
}
