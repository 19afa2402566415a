import { RIGHTS } from '@mooring/config';
import type { identity } from '@mooring/proto';
import { z } from 'zod';
import { rightNames, rightsOf } from '../auth/shared-access-policy.js';
import { boundedList, optionalText, word } from './schema-parts.js';

/** An absent or empty key is generated at a creation and kept at an update. */
export const policyInputSchema = z.object({
  rights: boundedList(word(RIGHTS), 1, RIGHTS.length),
  primaryKey: optionalText,
  secondaryKey: optionalText,
});

export const policySchema = z.object({
  name: z.string(),
  rights: z.array(z.enum(RIGHTS)),
  primaryKey: z.string(),
  secondaryKey: z.string(),
  etag: z.string(),
});

export type Policy = z.output<typeof policySchema>;

export function policyFromJson(name: string, input: z.output<typeof policyInputSchema>): identity.Policy {
  return {
    name,
    primaryKey: input.primaryKey ?? '',
    secondaryKey: input.secondaryKey ?? '',
    rights: rightsOf([...new Set(input.rights)]),
    etag: '',
  };
}

export function policyToJson(from: identity.Policy): Policy {
  return {
    name: from.name,
    rights: rightNames(from.rights),
    primaryKey: from.primaryKey,
    secondaryKey: from.secondaryKey,
    etag: from.etag,
  };
}
