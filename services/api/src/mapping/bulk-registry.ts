import { identity } from '@mooring/proto';
import { z } from 'zod';
import { unquotedEtag } from '../http/etag.js';
import { deviceFieldsSchema, deviceFromJson } from './device.js';
import { boundedList, invert, optionalText, word } from './schema-parts.js';

const MODES = {
  create: identity.ImportMode.CREATE,
  update: identity.ImportMode.UPDATE,
  updateIfMatchETag: identity.ImportMode.UPDATE_IF_MATCH_ETAG,
  delete: identity.ImportMode.DELETE,
  deleteIfMatchETag: identity.ImportMode.DELETE_IF_MATCH_ETAG,
  createOrUpdate: identity.ImportMode.UNSPECIFIED,
} as const;
const MODE_NAMES: ReadonlyMap<identity.ImportMode, keyof typeof MODES> = invert(MODES);

export const MAX_BULK_OPERATIONS = 100;
/** Warnings name the device and this code where a twin was sent, which is not written here. */
const WITHOUT_TWIN = 'DeviceRegisteredWithoutTwin';

export const exportImportDeviceSchema = deviceFieldsSchema.extend({
  id: z.string(),
  moduleId: optionalText,
  managedBy: optionalText,
  eTag: z
    .string()
    .refine((text) => text === '' || unquotedEtag(text) !== undefined, 'must be an entity tag')
    .nullish(),
  importMode: word([
    'create',
    'update',
    'updateIfMatchETag',
    'delete',
    'deleteIfMatchETag',
    'createOrUpdate',
  ]).nullish(),
  tags: z.unknown().optional(),
  properties: z.unknown().optional(),
});

type ExportImportDevice = z.output<typeof exportImportDeviceSchema>;

export const bulkRequestSchema = boundedList(exportImportDeviceSchema, 1, MAX_BULK_OPERATIONS);

export const bulkResultSchema = z.object({
  isSuccessful: z.boolean(),
  errors: z.array(
    z.object({
      deviceId: z.string(),
      moduleId: z.string().optional(),
      errorCode: z.string(),
      errorStatus: z.string(),
      operation: z.string().optional(),
    }),
  ),
  warnings: z.array(z.object({ deviceId: z.string(), warningCode: z.string(), warningStatus: z.string() })),
});

export type BulkResult = z.output<typeof bulkResultSchema>;

export function bulkOperationFromJson(input: ExportImportDevice): identity.BulkOperation {
  const key = { deviceId: input.id, moduleId: input.moduleId ?? '' };
  return {
    mode: MODES[input.importMode ?? 'createOrUpdate'],
    identity: {
      ...deviceFromJson(key, input),
      etag: unquotedEtag(input.eTag ?? '') ?? '',
      managedBy: input.managedBy ?? '',
    },
  };
}

export function bulkResultToJson(
  request: readonly ExportImportDevice[],
  { errors }: identity.BulkUpdateResponse,
): BulkResult {
  const failed = new Set(errors.map(({ key }) => key?.deviceId));
  return {
    isSuccessful: errors.length === 0,
    errors: errors.map(bulkErrorToJson),
    warnings: request
      .filter((each) => losesTwin(each) && !failed.has(each.id))
      .map(({ id }) => ({
        deviceId: id,
        warningCode: WITHOUT_TWIN,
        warningStatus: 'Tags and properties are not written by this request.',
      })),
  };
}

function bulkErrorToJson({ key, errorCode, errorStatus, mode }: identity.BulkError): BulkResult['errors'][number] {
  const operation = MODE_NAMES.get(mode);
  return {
    deviceId: key?.deviceId ?? '',
    ...(key?.moduleId ? { moduleId: key.moduleId } : {}),
    errorCode,
    errorStatus,
    ...(operation === undefined ? {} : { operation }),
  };
}

function losesTwin({ importMode, tags, properties }: ExportImportDevice): boolean {
  return (
    (importMode ?? 'createOrUpdate').startsWith('create') && ((tags ?? null) !== null || (properties ?? null) !== null)
  );
}
