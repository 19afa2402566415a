import type { c2dqueue, identity } from '@mooring/proto';
import { z } from 'zod';

export const purgeResultSchema = z.object({
  totalMessagesPurged: z.int(),
  deviceId: z.string(),
  moduleId: z.string().nullable(),
});

export type PurgeResult = z.output<typeof purgeResultSchema>;

export function purgeResultToJson(
  { deviceId, moduleId }: identity.IdentityKey,
  { purgedMessageCount }: c2dqueue.PurgeResponse,
): PurgeResult {
  return { totalMessagesPurged: purgedMessageCount, deviceId, moduleId: moduleId || null };
}
