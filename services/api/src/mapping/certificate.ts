import type { identity } from '@mooring/proto';
import { z } from 'zod';
import { isoTime } from './schema-parts.js';

const MAX_PEM_LENGTH = 16 * 1024;

export const certificateInputSchema = z.object({
  certificate: z.string().max(MAX_PEM_LENGTH).meta({ description: 'One CA certificate, PEM.' }),
});

export const certificateSchema = z.object({
  name: z.string(),
  certificate: z.string().meta({ description: 'PEM.' }),
  subject: z.string(),
  thumbprint: z.string().meta({ description: 'SHA-256, upper-case hexadecimal.' }),
  notBefore: z.string(),
  notAfter: z.string(),
  createdTime: z.string(),
  etag: z.string(),
});

export type Certificate = z.output<typeof certificateSchema>;

export function certificateToJson(from: identity.Certificate): Certificate {
  return {
    name: from.name,
    certificate: from.pem,
    subject: from.subject,
    thumbprint: from.thumbprint,
    notBefore: new Date(from.notBeforeMs).toISOString(),
    notAfter: new Date(from.notAfterMs).toISOString(),
    createdTime: isoTime(from.createdTimeMs),
    etag: from.etag,
  };
}
