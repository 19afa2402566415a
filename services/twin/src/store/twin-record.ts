import { identityName } from '@mooring/credentials';
import { recordCodec, type Stored, type Versioned } from '@mooring/document-store';
import { type OutboxRecord, PENDING_INDEX } from '@mooring/outbox';
import type { Twin } from '../domain/twin.js';
import type { TwinEvent } from '../domain/twin-event.js';

interface Body extends Pick<OutboxRecord<TwinEvent>, '_id' | 'pendingSince'>, Twin {
  /** The device of a module's twin; absent in those of devices, so that the index holds none of them. */
  readonly moduleOf?: string | undefined;
}

/**
 * A twin as it is stored; `_id` is its name. Keys within `tags`, `desired` and `reported` are in stored form (see
 * domain/user-keys.ts). One with `status` `deleted` exists for nobody: every query leaves it out.
 */
export type TwinRecord = Versioned<Body>;

export const TWINS = 'twins';

/** Those that this service itself needs, beside what queries want. */
export const TWIN_INDEXES = [PENDING_INDEX, ['moduleOf', '_id']] as const;

const codec = recordCodec<Body>({ name: 'twin', current: 1, upgrades: [] });

export function toTwinRecord(twin: Twin): TwinRecord {
  const { deviceId, moduleId } = twin;
  return codec.encode({
    ...twin,
    _id: identityName(deviceId, moduleId),
    pendingSince: twin.pending[0]?.time,
    moduleOf: moduleId === '' ? undefined : deviceId,
  });
}

export function fromTwinRecord(stored: Stored<TwinRecord>): Twin {
  const { _id: _name, version: _version, pendingSince: _since, moduleOf: _moduleOf, ...twin } = codec.decode(stored);
  return twin;
}
