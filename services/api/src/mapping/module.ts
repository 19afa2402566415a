import { identity } from '@mooring/proto';
import { z } from 'zod';
import {
  authenticationFromJson,
  authenticationInputSchema,
  authenticationSchema,
  authenticationToJson,
} from './authentication.js';
import { identityStateSchema, identityStateToJson } from './identity-state.js';
import { nullIfEmpty, optionalText } from './schema-parts.js';

/** A module as clients write it; all else that they send is ignored. */
export const moduleInputSchema = z.object({
  deviceId: optionalText,
  moduleId: optionalText,
  managedBy: optionalText,
  authentication: authenticationInputSchema.nullish(),
});

/** A module as clients read it. */
export const moduleSchema = identityStateSchema.extend({
  moduleId: z.string(),
  managedBy: z.string().nullable(),
  authentication: authenticationSchema,
});

export type Module = z.output<typeof moduleSchema>;

export function moduleFromJson(
  key: identity.IdentityKey,
  input: z.output<typeof moduleInputSchema>,
): identity.Identity {
  return {
    ...identity.Identity.fromPartial({ key }),
    authentication: authenticationFromJson(input.authentication),
    managedBy: input.managedBy ?? '',
  };
}

export function moduleToJson(from: identity.Identity): Module {
  return {
    ...identityStateToJson(from),
    moduleId: from.key?.moduleId ?? '',
    managedBy: nullIfEmpty(from.managedBy),
    authentication: authenticationToJson(from.authentication),
  };
}
