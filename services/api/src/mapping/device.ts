import { identity } from '@mooring/proto';
import { z } from 'zod';
import {
  authenticationFromJson,
  authenticationInputSchema,
  authenticationSchema,
  authenticationToJson,
} from './authentication.js';
import {
  identityStateSchema,
  identityStateToJson,
  statusFromJson,
  statusInputSchema,
  statusToJson,
} from './identity-state.js';
import { boundedList, isoTime, nullIfEmpty, optionalText } from './schema-parts.js';

const MAX_STATUS_REASON_LENGTH = 128;
const MAX_PARENT_SCOPES = 16;

/** What a client may write of a device. */
export const deviceFieldsSchema = z.object({
  status: statusInputSchema,
  statusReason: z.string().max(MAX_STATUS_REASON_LENGTH).nullish(),
  authentication: authenticationInputSchema.nullish(),
  capabilities: z.object({ iotEdge: z.boolean().nullish() }).nullish(),
  deviceScope: optionalText,
  parentScopes: boundedList(z.string(), 0, MAX_PARENT_SCOPES).nullish(),
});

/** A device as clients write it; all else that they send is ignored. */
export const deviceInputSchema = deviceFieldsSchema.extend({ deviceId: optionalText });

/** A device as clients read it. */
export const deviceSchema = identityStateSchema.extend({
  status: z.enum(['enabled', 'disabled']),
  statusReason: z.string().nullable(),
  statusUpdatedTime: z.string(),
  authentication: authenticationSchema,
  capabilities: z.object({ iotEdge: z.boolean() }),
  deviceScope: z.string().optional(),
  parentScopes: z.array(z.string()),
});

export type Device = z.output<typeof deviceSchema>;

export function deviceFromJson(
  key: identity.IdentityKey,
  input: z.output<typeof deviceFieldsSchema>,
): identity.Identity {
  return {
    ...identity.Identity.fromPartial({ key }),
    authentication: authenticationFromJson(input.authentication),
    status: statusFromJson(input.status),
    statusReason: input.statusReason ?? '',
    // Absent and null keep what there is.
    iotEdge: input.capabilities?.iotEdge ?? undefined,
    deviceScope: input.deviceScope ?? undefined,
    parentScopes: input.parentScopes ?? [],
  };
}

export function deviceToJson(from: identity.Identity): Device {
  return {
    ...identityStateToJson(from),
    status: statusToJson(from.status),
    statusReason: nullIfEmpty(from.statusReason),
    statusUpdatedTime: isoTime(from.statusUpdatedTimeMs),
    authentication: authenticationToJson(from.authentication),
    capabilities: { iotEdge: from.iotEdge ?? false },
    ...(from.deviceScope ? { deviceScope: from.deviceScope } : {}),
    parentScopes: from.parentScopes,
  };
}
