import { isDeviceName } from '@mooring/credentials';
import { recordCodec, type Stored, type Versioned } from '@mooring/document-store';
import { type OutboxRecord, PENDING_INDEX } from '@mooring/outbox';
import type { ConnectionEvent } from './connection-event.js';
import type { ConnectionState } from './connection-state.js';

interface Body extends OutboxRecord<ConnectionEvent>, ConnectionState {
  readonly pending: readonly ConnectionEvent[];
  /** The edge's life that holds a connected one; absent for others, so that the index holds these alone. */
  readonly heldBy?: string | undefined;
  /** The same, to count them by. */
  readonly online?: 'device' | 'module' | undefined;
}

/** A connection state; `_id` is the identity's name. */
export type ConnectionRecord = Versioned<Body>;

/** By `_id` within each edge's life, so that its connections are read in pages. */
export const CONNECTION_INDEXES = [PENDING_INDEX, ['heldBy', '_id'], ['online'], ['departedTime']] as const;

const codec = recordCodec<Body>({ name: 'connection', current: 1, upgrades: [] });

export function toConnectionRecord(name: string, state: ConnectionState): ConnectionRecord {
  const isConnected = state.phase === 'connected';
  return codec.encode({
    _id: name,
    ...state,
    pendingSince: state.pending[0]?.time,
    heldBy: isConnected ? lifeName(state) : undefined,
    online: isConnected ? (isDeviceName(name) ? 'device' : 'module') : undefined,
  });
}

export function fromConnectionRecord(stored: Stored<ConnectionRecord>): ConnectionState {
  const {
    _id: _name,
    version: _version,
    pendingSince: _since,
    heldBy: _heldBy,
    online: _online,
    ...state
  } = codec.decode(stored);
  return state;
}

/** One text for each life of an edge. */
export function lifeName({ edge, incarnation }: { readonly edge: string; readonly incarnation: string }): string {
  return JSON.stringify([edge, incarnation]);
}
