import { setImmediate as turn } from 'node:timers/promises';
import { moduleNames } from '@mooring/credentials';
import type { Collection, Stored, Write } from '@mooring/document-store';
import { HubError } from '@mooring/errors';
import type { ConnectionEvent } from './connection-event.js';
import { type ConnectionRecord, fromConnectionRecord, lifeName, toConnectionRecord } from './connection-record.js';
import type { ConnectionState, EdgeLife } from './connection-state.js';

/** Returns the state as it shall be; undefined, or the one that it got, to leave it so. */
export type StateChange = (current: ConnectionState | undefined) => ConnectionState | undefined;

export type NamedState = ConnectionState & { readonly name: string };

/** Documents read, and then written, in one round trip. */
const CHUNK = 2_000;
/** Writers that may come first, one after another, before this one gives up. */
const ATTEMPTS = 50;
/** More modules than a device may have. */
const MAX_MODULES = 1_000;

export interface ConnectionStoreOptions {
  readonly collection: Collection<ConnectionRecord>;
  /** Told what is pending in a state that was just written. */
  readonly written: (name: string, pending: readonly ConnectionEvent[]) => void;
  /** Told of states that were just written, and of which there is nothing else to tell. */
  readonly changed: (names: readonly string[]) => void;
  /** Told of events that had no room. */
  readonly lost: (events: number) => void;
}

/** Connection states by identity name, changed with optimistic concurrency, many in few round trips. */
export class ConnectionStore {
  constructor(private readonly options: ConnectionStoreOptions) {}

  async findMany(names: readonly string[]): Promise<Map<string, ConnectionState>> {
    const found = await this.options.collection.getMany(names);
    return new Map(found.map((stored) => [stored._id, fromConnectionRecord(stored)]));
  }

  /**
   * Changes each state by itself; a change may be tried more than once.
   *
   * @returns what was written, by name
   * @throws HubError `ServiceUnavailable` if others are first too often
   */
  async changeMany(changes: ReadonlyMap<string, StateChange>): Promise<Map<string, ConnectionState>> {
    const written = new Map<string, ConnectionState>();
    const names = [...changes.keys()];
    for (let start = 0; start < names.length; start += CHUNK) {
      let left: readonly string[] = names.slice(start, start + CHUNK);
      for (let attempt = 0; left.length > 0; attempt++) {
        if (attempt === ATTEMPTS) {
          throw new HubError('ServiceUnavailable', 'The state is being changed by too many at a time; try again.');
        }
        left = await this.attempt(left, changes, written);
        await turn();
      }
    }
    return written;
  }

  /** The next connections of one life of an edge, ascending by name. */
  async heldBy(life: EdgeLife, after: string, limit: number): Promise<NamedState[]> {
    const found = await this.options.collection.query({
      filter: { heldBy: lifeName(life), _id: { $gt: after } },
      sort: [['_id', 1]],
      limit,
    });
    return found.map(named);
  }

  async modulesOf(deviceId: string): Promise<string[]> {
    const [from, before] = moduleNames(deviceId);
    const found = await this.options.collection.query({
      filter: { _id: { $gte: from, $lt: before } },
      limit: MAX_MODULES,
    });
    return found.map(({ _id }) => _id);
  }

  countDevices(): Promise<number> {
    return this.options.collection.count({ online: 'device' });
  }

  /**
   * Removes states of identities that were deleted before a time, unless they are connected or have something to tell.
   *
   * @returns how many were found
   */
  async purgeDeparted(before: number, limit: number): Promise<number> {
    const { collection } = this.options;
    const found = await collection.query({
      filter: { departedTime: { $lt: before }, pendingSince: { $exists: false }, online: { $exists: false } },
      sort: [['departedTime', 1]],
      limit,
    });
    if (found.length > 0) {
      // Refused where somebody wrote meanwhile: then it is looked at again.
      await collection.bulk(found.map(({ _id, version }) => ({ kind: 'delete', id: _id, condition: { version } })));
    }
    return found.length;
  }

  /** @returns the names for which somebody else wrote first */
  private async attempt(
    names: readonly string[],
    changes: ReadonlyMap<string, StateChange>,
    written: Map<string, ConnectionState>,
  ): Promise<string[]> {
    const { collection } = this.options;
    const stored = new Map((await collection.getMany(names)).map((document) => [document._id, document]));
    const planned = names.flatMap((name) => {
      const document = stored.get(name);
      const current = document && fromConnectionRecord(document);
      const next = changes.get(name)?.(current);
      return next === undefined || next === current ? [] : [{ name, current, next, write: put(name, next, document) }];
    });
    const outcomes = planned.length === 0 ? [] : await collection.bulk(planned.map(({ write }) => write));
    const refused: string[] = [];
    const quiet: string[] = [];
    planned.forEach(({ name, current, next }, index) => {
      if (outcomes[index]?.outcome !== 'written') {
        refused.push(name);
        return;
      }
      written.set(name, next);
      if (next.pending.length === 0 || next.pending === current?.pending) {
        quiet.push(name);
      }
      this.tell(name, current, next);
    });
    if (quiet.length > 0) {
      this.options.changed(quiet);
    }
    return refused;
  }

  private tell(name: string, current: ConnectionState | undefined, next: ConnectionState): void {
    const lost = current?.pending.filter((event) => !next.pending.includes(event)).length ?? 0;
    if (lost > 0) {
      this.options.lost(lost);
    }
    if (next.pending.length > 0) {
      this.options.written(name, next.pending);
    }
  }
}

function put(
  name: string,
  state: ConnectionState,
  stored: Stored<ConnectionRecord> | undefined,
): Write<ConnectionRecord> {
  const condition = stored === undefined ? 'absent' : { version: stored.version };
  return { kind: 'put', document: toConnectionRecord(name, state), condition };
}

function named(stored: Stored<ConnectionRecord>): NamedState {
  return { name: stored._id, ...fromConnectionRecord(stored) };
}
