import type { Stored } from '@mooring/document-store';
import type { SessionState } from '../domain/session.js';
import { RecordSchema, type VersionedRecord } from './schema.js';

/** An MQTT session; `_id` is the device id, for a module with `/` and its id behind. */
export interface SessionRecord extends VersionedRecord, SessionState {}

export const sessionSchema = new RecordSchema<SessionRecord>('sessions');

export function toSessionRecord(id: string, session: SessionState): SessionRecord {
  return { _id: id, schema: sessionSchema.version, ...session };
}

export function fromSessionRecord(stored: Stored<SessionRecord>): SessionState {
  const { generation, epoch, subscriptions, discarded } = sessionSchema.read(stored);
  return { generation, epoch, subscriptions, discarded };
}
