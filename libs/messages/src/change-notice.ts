import type { LogRecord, StoredRecord } from '@mooring/event-log';
import { newHeaders } from './headers.js';

/** What has changed: the registry's entry, the state of the connection, or the number of queued messages. */
export type ChangedPart = 'identity' | 'connection' | 'queue';

const PARTS: ReadonlySet<string> = new Set<ChangedPart>(['identity', 'connection', 'queue']);
const PART_HEADER = 'part';

/**
 * Says that something of a device or module is not what it was, and no more: whoever keeps a copy reads it anew from the
 * service that owns it. So notices may come twice, late, or many as one.
 */
export interface ChangeNotice {
  readonly part: ChangedPart;
  readonly deviceId: string;
  /** Empty for the device itself; a change of a device's entry may have removed all its modules. */
  readonly moduleId: string;
}

/** The record of a notice in the topic of changes. */
export function changeNoticeRecord({ part, deviceId, moduleId }: ChangeNotice): LogRecord {
  const headers = newHeaders();
  headers[PART_HEADER] = part;
  return { key: deviceId, headers, value: Buffer.from(moduleId) };
}

/** Undefined for a record of a kind that this release does not know. */
export function readChangeNotice(record: StoredRecord): ChangeNotice | undefined {
  const part = record.headers[PART_HEADER]?.toString() ?? '';
  return PARTS.has(part)
    ? { part: part as ChangedPart, deviceId: record.key, moduleId: record.value.toString() }
    : undefined;
}
