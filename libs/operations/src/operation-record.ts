import { z } from 'zod';

/** Categories of Azure's resource logs. */
export const OPERATION_CATEGORIES = [
  'Connections',
  'DeviceTelemetry',
  'C2DCommands',
  'DeviceIdentityOperations',
  'FileUploadOperations',
  'Routes',
  'D2CTwinOperations',
  'C2DTwinOperations',
  'TwinQueries',
  'JobsOperations',
  'DirectMethods',
  'DistributedTracing',
  'Configurations',
] as const;

/**
 * What has happened to a device, as Azure's resource logs tell it; a record of the topic of operations, keyed by device id.
 * Never holds a secret or a payload.
 */
export const operationRecordSchema = z.object({
  /** Of the form; a reader skips records of a form that it does not know. */
  schema: z.literal(1),
  /** Unique; the same if the record comes twice. */
  id: z.string().min(1).max(64),
  /** ISO 8601, UTC. */
  time: z.iso.datetime(),
  category: z.enum(OPERATION_CATEGORIES),
  /** E.g. `deviceConnect`, `deviceDisconnect`, `create`, `update`, `delete`. */
  operationName: z.string().min(1).max(64),
  level: z.enum(['Information', 'Warning', 'Error']),
  /** Empty where the operation was about no device. */
  deviceId: z.string().max(128),
  moduleId: z.string().max(128).optional(),
  /** Azure's number of the error, e.g. `401003`; absent for a success. */
  resultType: z.string().max(16).optional(),
  /** In words: the reason of a refusal or a close. */
  resultDescription: z.string().max(1024).optional(),
  durationMs: z.number().nonnegative().optional(),
  /** More, by name: protocol, authType, maskedIpAddress, edge, epoch, trackingId, … */
  properties: z.record(z.string().max(64), z.string().max(512)).default({}),
});

export type OperationRecord = z.output<typeof operationRecordSchema>;
