import type { DocumentBody } from '@mooring/document-store';
import type { StoredRecord } from '@mooring/event-log';
import { type OperationRecord, operationRecordSchema } from '@mooring/operations';
import { z } from 'zod';
import { operationKey } from './operation-key.js';

/** An operation record as it is kept; `_id` orders it, the newest first. */
export interface OperationDocument extends DocumentBody {
  readonly time: number;
  readonly deviceId: string;
  readonly category: string;
  /** The record as it was logged: JSON. */
  readonly record: string;
}

/** By `_id` within each device and category, so that they are read in pages; by time to forget the oldest. */
export const OPERATION_INDEXES = [['deviceId', '_id'], ['category', '_id'], ['time']] as const;

/** Why a record is not kept. `newer`: of a form that a later release writes. */
export type Unreadable = 'newer' | 'invalid' | 'too-large';

/** Far more than the fields of a record may hold. */
const MAX_RECORD_BYTES = 64 * 1024;

const anyForm = z.object({ schema: z.number() });
const CURRENT_SCHEMA: OperationRecord['schema'] = 1;

/** Reads a record of the topic of operations, whatever it holds. */
export function readOperation({ value, timestamp }: StoredRecord): OperationDocument | Unreadable {
  if (value.length > MAX_RECORD_BYTES) {
    return 'too-large';
  }
  const record = value.toString();
  const content = parsed(record);
  const read = operationRecordSchema.safeParse(content);
  if (!read.success) {
    return isNewer(content) ? 'newer' : 'invalid';
  }
  const { id, deviceId, category } = read.data;
  // Nothing can have happened after it was logged; a clock that goes wrong must not hide what comes after.
  const time = Math.min(Date.parse(read.data.time), timestamp);
  return { _id: operationKey(time, id), time, deviceId, category, record };
}

function isNewer(content: unknown): boolean {
  const form = anyForm.safeParse(content);
  return form.success && form.data.schema > CURRENT_SCHEMA;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
