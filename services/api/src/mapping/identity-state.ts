import { identity } from '@mooring/proto';
import { z } from 'zod';
import { isoTime, word } from './schema-parts.js';

const STATUSES = { enabled: identity.Status.ENABLED, disabled: identity.Status.DISABLED } as const;

export const statusInputSchema = word(['enabled', 'disabled']).nullish();

/** An absent status is unspecified: an update keeps what there is. */
export function statusFromJson(input: z.output<typeof statusInputSchema>): identity.Status {
  return input ? STATUSES[input] : identity.Status.UNSPECIFIED;
}

export function statusToJson(status: identity.Status): 'enabled' | 'disabled' {
  return status === identity.Status.DISABLED ? 'disabled' : 'enabled';
}

/** What both devices and modules tell of themselves. */
export const identityStateSchema = z.object({
  deviceId: z.string(),
  generationId: z.string(),
  etag: z.string(),
  connectionState: z.enum(['Connected', 'Disconnected']),
  connectionStateUpdatedTime: z.string(),
  lastActivityTime: z.string(),
  cloudToDeviceMessageCount: z.int(),
});

export function identityStateToJson(from: identity.Identity): z.output<typeof identityStateSchema> {
  return {
    deviceId: from.key?.deviceId ?? '',
    generationId: from.generationId,
    etag: from.etag,
    connectionState: from.connectionState === identity.ConnectionState.CONNECTED ? 'Connected' : 'Disconnected',
    connectionStateUpdatedTime: isoTime(from.connectionStateUpdatedTimeMs),
    lastActivityTime: isoTime(from.lastActivityTimeMs),
    cloudToDeviceMessageCount: from.cloudToDeviceMessageCount,
  };
}
