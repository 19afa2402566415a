import { z } from 'zod';

/** Rights of a shared access policy, spelt as in an Azure template. */
export const RIGHTS = ['RegistryRead', 'RegistryWrite', 'ServiceConnect', 'DeviceConnect'] as const;
export type RightName = (typeof RIGHTS)[number];

const key = z
  .string()
  .regex(/^[A-Za-z0-9+/]+=*$/, 'base64')
  .refine((text) => {
    const size = Buffer.from(text, 'base64').length;
    return size >= 16 && size <= 64;
  }, 'base64 of 16 to 64 bytes');

/** What the file named by `MOORING_CONFIG` may hold. Keys that are not known are refused. */
export const declaredResourcesSchema = z.strictObject({
  sharedAccessPolicies: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[A-Za-z0-9!._-]{1,64}$/),
        rights: z.array(z.enum(RIGHTS)).min(1),
        primaryKey: key.optional(),
        secondaryKey: key.optional(),
      }),
    )
    .default([]),
  consumerGroups: z.array(z.string().regex(/^[A-Za-z0-9$._-]{1,50}$/)).default([]),
  /** Paths within twins that queries find by an index, e.g. `tags.building` or `properties.reported.firmware`. */
  twinIndexes: z
    .array(z.string().regex(/^(tags|properties\.(desired|reported))(\.[^\s.$\p{Cc}]{1,128}){1,10}$/u))
    .max(20)
    .default([]),
  certificates: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
        /** One CA certificate in PEM. */
        pem: z.string().includes('-----BEGIN CERTIFICATE-----').optional(),
        /** Or the file that holds it, relative to the configuration file. */
        file: z.string().min(1).optional(),
      }),
    )
    .default([]),
});

type WrittenResources = z.output<typeof declaredResourcesSchema>;

/** The same with the certificates' files read. */
export interface DeclaredResources extends Omit<WrittenResources, 'certificates'> {
  readonly certificates: readonly { readonly name: string; readonly pem: string }[];
}
