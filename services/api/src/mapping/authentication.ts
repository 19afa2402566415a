import { identity } from '@mooring/proto';
import { z } from 'zod';
import { invert, nullIfEmpty, optionalText, word } from './schema-parts.js';

const TYPES = {
  sas: identity.AuthenticationType.SAS,
  selfSigned: identity.AuthenticationType.SELF_SIGNED,
  certificateAuthority: identity.AuthenticationType.CERTIFICATE_AUTHORITY,
  none: identity.AuthenticationType.NONE,
} as const;
const NAMES: ReadonlyMap<identity.AuthenticationType, keyof typeof TYPES> = invert(TYPES);

/** As clients write it. An absent or empty key is generated at a creation and kept at an update. */
export const authenticationInputSchema = z.object({
  type: word(['sas', 'selfSigned', 'certificateAuthority', 'none']).nullish(),
  symmetricKey: z.object({ primaryKey: optionalText, secondaryKey: optionalText }).nullish(),
  x509Thumbprint: z.object({ primaryThumbprint: optionalText, secondaryThumbprint: optionalText }).nullish(),
});

/** As clients read it. */
export const authenticationSchema = z.object({
  symmetricKey: z.object({ primaryKey: z.string().nullable(), secondaryKey: z.string().nullable() }),
  x509Thumbprint: z.object({ primaryThumbprint: z.string().nullable(), secondaryThumbprint: z.string().nullable() }),
  type: z.enum(['sas', 'selfSigned', 'certificateAuthority', 'none']),
});

export function authenticationFromJson(
  input: z.output<typeof authenticationInputSchema> | null | undefined,
): identity.Authentication | undefined {
  if (input === null || input === undefined) {
    return undefined;
  }
  const { type, symmetricKey, x509Thumbprint } = input;
  return {
    type: type ? TYPES[type] : identity.AuthenticationType.UNSPECIFIED,
    primaryKey: symmetricKey?.primaryKey ?? '',
    secondaryKey: symmetricKey?.secondaryKey ?? '',
    primaryThumbprint: x509Thumbprint?.primaryThumbprint ?? '',
    secondaryThumbprint: x509Thumbprint?.secondaryThumbprint ?? '',
  };
}

export function authenticationToJson(
  authentication: identity.Authentication | undefined,
): z.output<typeof authenticationSchema> {
  return {
    symmetricKey: {
      primaryKey: nullIfEmpty(authentication?.primaryKey),
      secondaryKey: nullIfEmpty(authentication?.secondaryKey),
    },
    x509Thumbprint: {
      primaryThumbprint: nullIfEmpty(authentication?.primaryThumbprint),
      secondaryThumbprint: nullIfEmpty(authentication?.secondaryThumbprint),
    },
    type: NAMES.get(authentication?.type ?? identity.AuthenticationType.SAS) ?? 'sas',
  };
}
