import { keyOfName, moduleNames } from '@mooring/credentials';
import type { Collection } from '@mooring/document-store';
import type { EventLog, StoredRecord, Subscription } from '@mooring/event-log';
import { readChangeNotice } from '@mooring/messages';
import type { HeadRecord } from '../queue/head-record.js';
import { identityName } from '../queue/identity-name.js';
import type { CurrentIdentities } from '../requests/current-identities.js';
import type { HeadStore } from '../store/head-store.js';

/** More modules than a device may have. */
const MAX_MODULES = 1_000;
/** Devices whose modules are looked up at a time. */
const LOOKUPS_AT_ONCE = 20;

export interface DeparturesOptions {
  readonly collection: Collection<HeadRecord>;
  readonly heads: HeadStore;
  readonly identities: CurrentIdentities;
  readonly log: EventLog;
  /** Of changes. */
  readonly topic: string;
}

/** Purges the queues of identities that were deleted, by asking for the truth whenever one has changed. */
export class Departures {
  private subscription: Subscription | undefined;

  constructor(private readonly options: DeparturesOptions) {}

  async start(): Promise<void> {
    const { log, topic } = this.options;
    this.subscription = await log.consume({ topic, group: `${topic}.c2d-queue`, from: 'latest' }, (records) =>
      this.look(records),
    );
  }

  /** What is being looked at is finished first. */
  async stop(): Promise<void> {
    await this.subscription?.close();
  }

  private async look(records: readonly StoredRecord[]): Promise<void> {
    const names = new Set(records.flatMap(changedName));
    const gone = new Set(await this.depart([...names]));
    const devices = [...gone].filter((name) => keyOfName(name).moduleId === '');
    const modules: string[] = [];
    while (devices.length > 0) {
      const found = await Promise.all(devices.splice(-LOOKUPS_AT_ONCE).map((device) => this.modulesOf(device)));
      modules.push(...found.flat().filter((name) => !names.has(name)));
    }
    await this.depart(modules);
  }

  /** @returns those that are gone */
  private async depart(names: readonly string[]): Promise<string[]> {
    const { heads, identities } = this.options;
    const generations = await Promise.all(names.map((name) => identities.findGeneration(keyOfName(name))));
    await Promise.all(names.map((name, index) => heads.change(name, (queue) => queue.depart(generations[index]))));
    return names.filter((_, index) => generations[index] === undefined);
  }

  private async modulesOf(deviceId: string): Promise<string[]> {
    const [from, before] = moduleNames(deviceId);
    const found = await this.options.collection.query({
      filter: { _id: { $gte: from, $lt: before } },
      limit: MAX_MODULES,
    });
    return found.map(({ _id }) => _id);
  }
}

/** What no identity is named is none of ours to purge. */
function changedName(record: StoredRecord): string[] {
  const notice = readChangeNotice(record);
  if (notice?.part !== 'identity') {
    return [];
  }
  try {
    return [identityName(notice)];
  } catch {
    return [];
  }
}
