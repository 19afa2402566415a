import type { Clock } from '@mooring/clock';
import { nameOfKey } from '@mooring/credentials';
import type { EventLog, StoredRecord, Subscription } from '@mooring/event-log';
import { control } from '@mooring/proto';
import { applyDeparture } from '../connections/connection-state.js';
import type { ConnectionStore, StateChange } from '../connections/connection-store.js';

/** How long the state of a deleted identity stays: its edge has yet to tell that the connection was closed. */
const KEPT_MS = 600_000;
const PAGE = 500;
/** Devices whose modules are looked up at a time. */
const LOOKUPS_AT_ONCE = 20;

export interface DeparturesOptions {
  readonly connections: ConnectionStore;
  readonly log: EventLog;
  readonly topic: string;
  readonly clock: Clock;
}

/**
 * Removes states of deleted identities. It reads the broadcasts as a group, so that one process does the work and none is
 * missed while the broadcasts are kept. Nothing relies on it but the size of the store: a state of another generation counts
 * as none.
 */
export class Departures {
  private subscription: Subscription | undefined;

  constructor(private readonly options: DeparturesOptions) {}

  async start(): Promise<void> {
    const { log, topic } = this.options;
    this.subscription = await log.consume({ topic, group: `${topic}.monitoring`, from: 'latest' }, (records) =>
      this.mark(records.flatMap(deletionOf)),
    );
  }

  async stop(): Promise<void> {
    await this.subscription?.close();
  }

  async purge(): Promise<void> {
    const { connections, clock } = this.options;
    let found: number;
    do {
      found = await connections.purgeDeparted(clock.now() - KEPT_MS, PAGE);
    } while (found === PAGE);
  }

  private async mark(deletions: readonly control.CredentialsChanged[]): Promise<void> {
    const { connections, clock } = this.options;
    const time = clock.now();
    const changes = new Map<string, StateChange>();
    for (const { deviceId, moduleId, generationId } of deletions) {
      const name = nameOfKey({ deviceId, moduleId });
      if (name !== undefined) {
        changes.set(name, (current) => applyDeparture(current, { generation: generationId, time }));
      }
    }
    for (const name of await this.modulesOf(deletions)) {
      if (!changes.has(name)) {
        changes.set(name, (current) => applyDeparture(current, { generation: undefined, time }));
      }
    }
    await connections.changeMany(changes);
  }

  /** A device goes with its modules, of which nothing is told. */
  private async modulesOf(deletions: readonly control.CredentialsChanged[]): Promise<string[]> {
    const devices = deletions.filter(({ moduleId }) => moduleId === '').map(({ deviceId }) => deviceId);
    const modules: string[] = [];
    while (devices.length > 0) {
      const found = await Promise.all(
        devices.splice(-LOOKUPS_AT_ONCE).map((deviceId) => this.options.connections.modulesOf(deviceId)),
      );
      modules.push(...found.flat());
    }
    return modules;
  }
}

function deletionOf({ value }: StoredRecord): control.CredentialsChanged[] {
  const event = decoded(value);
  const isDeletion =
    event?.$case === 'credentialsChanged' && event.value.reason === control.CredentialsChanged_Reason.DELETED;
  return isDeletion ? [event.value] : [];
}

/** What a later release broadcasts, and this one cannot read, is none of its business. */
function decoded(value: Buffer): control.ControlEvent['event'] {
  try {
    return control.ControlEvent.decode(value).event;
  } catch {
    return undefined;
  }
}
