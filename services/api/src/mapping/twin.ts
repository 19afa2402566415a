import { z } from 'zod';

const section = z.record(z.string(), z.unknown());

/** A twin as clients read it. Twins pass through as they are: this describes them, and checks nothing. */
export const twinSchema = z.object({
  deviceId: z.string(),
  moduleId: z.string().optional(),
  etag: z.string(),
  deviceEtag: z.string().optional(),
  version: z.int(),
  status: z.enum(['enabled', 'disabled']).optional(),
  connectionState: z.enum(['Connected', 'Disconnected']),
  lastActivityTime: z.string(),
  cloudToDeviceMessageCount: z.int(),
  tags: section.optional(),
  properties: z.object({ desired: section, reported: section }),
});

/** What clients may write of a twin; all else that they send is ignored. */
export const twinInputSchema = z.object({
  tags: section.nullish(),
  properties: z.object({ desired: section.nullish() }).nullish(),
});

export const querySchema = z.object({ query: z.string().min(1) });
