import { methodInputSchema, methodResultSchema } from '@mooring/direct-methods';
import { z } from 'zod';
import { bulkResultSchema, exportImportDeviceSchema } from '../mapping/bulk-registry.js';
import { certificateInputSchema, certificateSchema } from '../mapping/certificate.js';
import { deviceInputSchema, deviceSchema } from '../mapping/device.js';
import { feedbackRecordSchema } from '../mapping/feedback.js';
import { moduleInputSchema, moduleSchema } from '../mapping/module.js';
import { operationPageSchema } from '../mapping/operation.js';
import { policyInputSchema, policySchema } from '../mapping/policy.js';
import { purgeResultSchema } from '../mapping/purge.js';
import { registryStatisticsSchema, serviceStatisticsSchema } from '../mapping/statistics.js';
import { querySchema, twinInputSchema, twinSchema } from '../mapping/twin.js';

const errorSchema = z.object({
  Message: z.string().meta({
    description: 'ErrorCode:<name>;<text>, or of methods the JSON text of errorCode, trackingId, message, timestampUtc',
  }),
  ExceptionMessage: z.string().meta({ description: 'Tracking ID:<id>-TimeStamp:<MM/dd/yyyy HH:mm:ss>' }),
});

/** Every schema of the document: what checks a body, or types an answer, is what describes it. */
const SCHEMAS = {
  Device: deviceSchema,
  DeviceInput: deviceInputSchema,
  Module: moduleSchema,
  ModuleInput: moduleInputSchema,
  ExportImportDevice: exportImportDeviceSchema,
  BulkRegistryOperationResult: bulkResultSchema,
  RegistryStatistics: registryStatisticsSchema,
  ServiceStatistics: serviceStatisticsSchema,
  Twin: twinSchema,
  TwinInput: twinInputSchema,
  Query: querySchema,
  QueryItems: z
    .array(z.record(z.string(), z.unknown()))
    .meta({ description: 'Twins, or objects of what was selected.' }),
  MethodInput: methodInputSchema,
  MethodResult: methodResultSchema,
  PurgeMessageQueueResult: purgeResultSchema,
  FeedbackRecord: feedbackRecordSchema,
  Certificate: certificateSchema,
  CertificateInput: certificateInputSchema,
  SharedAccessPolicy: policySchema,
  SharedAccessPolicyInput: policyInputSchema,
  OperationPage: operationPageSchema,
  Error: errorSchema,
} as const;

export type SchemaName = keyof typeof SCHEMAS;

/** JSON Schema (2020-12, as OpenAPI 3.1 has it) of each; of a body, what a client may send. */
export function componentSchemas(): Record<string, object> {
  return Object.fromEntries(
    Object.entries(SCHEMAS).map(([name, schema]) => {
      const { $schema: _, ...jsonSchema } = z.toJSONSchema(schema, { io: 'input' });
      return [name, jsonSchema];
    }),
  );
}

export function schemaReference(name: SchemaName): { readonly $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}

/** An array of so many at most. */
export function listOf(name: SchemaName, limits: { minItems?: number; maxItems?: number } = {}) {
  return { type: 'array' as const, items: schemaReference(name), ...limits };
}

/** Bytes of any kind. */
export const BYTES = { type: 'string', format: 'binary' } as const;
