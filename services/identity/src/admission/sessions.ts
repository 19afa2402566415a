import { setImmediate as turn } from 'node:timers/promises';
import type { Collection, Stored, Write } from '@mooring/document-store';
import { HubError } from '@mooring/errors';
import { sessionId } from '../domain/happenings.js';
import { checkSession, nextSession, type SessionState } from '../domain/session.js';
import type { DeviceRepository } from '../store/device-repository.js';
import { getManyById } from '../store/get-many.js';
import { fromSessionRecord, type SessionRecord, toSessionRecord } from '../store/session-record.js';
import { generationOf, isValid, type Key } from './admission.js';

export interface SessionWrite {
  readonly key: Key;
  readonly session: SessionState;
}

interface Entry extends SessionWrite {
  readonly place: number;
  readonly id: string;
}

/** How often a session may change under a writer before it gives up. */
const ATTEMPTS = 50;

/** MQTT sessions, fenced by the epochs of the connections that write them. */
export class Sessions {
  constructor(
    private readonly collection: Collection<SessionRecord>,
    private readonly devices: DeviceRepository,
  ) {}

  /**
   * Stores sessions, with few round trips for many; several writes of one session apply in their order.
   *
   * @returns in the order of the writes, false where a newer connection has written, or for another generation
   * @throws HubError `ArgumentInvalid`; then nothing is written
   */
  async put(writes: readonly SessionWrite[]): Promise<boolean[]> {
    for (const { session } of writes) {
      checkSession(session);
    }
    const written = writes.map(() => false);
    let open = writes
      .map(({ key, session }, place): Entry => ({ place, id: sessionId(key.deviceId, key.moduleId), key, session }))
      .filter(({ key }) => isValid(key));
    for (let attempt = 0; open.length > 0; attempt++) {
      if (attempt === ATTEMPTS) {
        throw new HubError('ServiceUnavailable', 'The session is being changed by too many at a time; try again.');
      }
      const refused = await this.attempt(open, written);
      open = open.filter(({ id }) => refused.has(id));
      await turn();
    }
    return written;
  }

  /** @returns the sessions that changed meanwhile, whose entries must be tried again */
  private async attempt(entries: readonly Entry[], written: boolean[]): Promise<ReadonlySet<string>> {
    const [devices, stored] = await Promise.all([
      this.devices.findMany(entries.map(({ key }) => key.deviceId)),
      getManyById(
        this.collection,
        entries.map(({ id }) => id),
      ),
    ]);
    const states = new Map([...stored].map(([id, record]) => [id, fromSessionRecord(record)] as const));
    const changed = new Map<string, SessionState>();
    for (const { place, id, key, session } of entries) {
      const generation = generationOf(devices.get(key.deviceId), key.moduleId);
      const next = nextSession(states.get(id), session, generation);
      written[place] = next !== undefined;
      if (next !== undefined) {
        states.set(id, next);
        changed.set(id, next);
      }
    }
    return this.write(changed, stored);
  }

  private async write(
    changed: ReadonlyMap<string, SessionState>,
    stored: ReadonlyMap<string, Stored<SessionRecord>>,
  ): Promise<ReadonlySet<string>> {
    const puts = [...changed].map(([id, session]): Write<SessionRecord> => {
      const version = stored.get(id)?.version;
      const condition = version === undefined ? 'absent' : { version };
      return { kind: 'put', document: toSessionRecord(id, session), condition };
    });
    const outcomes = puts.length === 0 ? [] : await this.collection.bulk(puts);
    return new Set([...changed.keys()].filter((_, index) => outcomes[index]?.outcome !== 'written'));
  }
}
