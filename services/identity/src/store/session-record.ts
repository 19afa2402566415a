import { type DocumentBody, recordCodec, type Stored, type Versioned } from '@mooring/document-store';
import type { SessionState } from '../domain/session.js';

type Body = DocumentBody & SessionState;

/** An MQTT session; `_id` is the device id, for a module with `/` and its id behind. */
export type SessionRecord = Versioned<Body>;

const codec = recordCodec<Body>({ name: 'session', current: 1, upgrades: [] });

export function toSessionRecord(id: string, session: SessionState): SessionRecord {
  return codec.encode({ _id: id, ...session });
}

export function fromSessionRecord(stored: Stored<SessionRecord>): SessionState {
  const { generation, epoch, subscriptions, discarded } = codec.decode(stored);
  return { generation, epoch, subscriptions, discarded };
}
