import { isValidDeviceId } from '@mooring/credentials';
import { OPERATION_CATEGORIES, operationRecordSchema } from '@mooring/operations';
import type { monitoring } from '@mooring/proto';
import { z } from 'zod';
import { word } from './schema-parts.js';

export const MAX_LISTED_OPERATIONS = 1_000;
const DEFAULT_OPERATIONS = 100;
const MAX_CONTINUATION_LENGTH = 256;

const time = z.iso
  .datetime({ offset: true })
  .transform((text) => Date.parse(text))
  .optional();

/** Which operation records a client wants. */
export const operationQuerySchema = z.object({
  deviceId: z.string().refine(isValidDeviceId, 'is no device id').optional(),
  category: word(OPERATION_CATEGORIES).optional(),
  from: time,
  until: time,
  top: z
    .string()
    .regex(/^\d{1,4}$/)
    .transform(Number)
    .pipe(z.int().min(1).max(MAX_LISTED_OPERATIONS))
    .default(DEFAULT_OPERATIONS),
  continuation: z.string().max(MAX_CONTINUATION_LENGTH).optional(),
});

/** A page of operation records, the newest first. */
export const operationPageSchema = z.object({
  operations: z.array(operationRecordSchema),
  /** Of the next page; absent on the last one. */
  continuation: z.string().optional(),
});

export interface OperationPage {
  readonly operations: readonly unknown[];
  readonly continuation?: string;
}

export function operationQueryFrom(query: z.output<typeof operationQuerySchema>): monitoring.ListOperationsRequest {
  return {
    deviceId: query.deviceId ?? '',
    category: query.category ?? '',
    fromMs: query.from ?? 0,
    untilMs: query.until ?? 0,
    pageSize: query.top,
    pageToken: query.continuation ?? '',
  };
}

export function operationPageToJson({ records, nextPageToken }: monitoring.ListOperationsResponse): OperationPage {
  return {
    operations: records.map((record) => JSON.parse(record) as unknown),
    ...(nextPageToken !== '' && { continuation: nextPageToken }),
  };
}
