import type { Clock } from '@mooring/clock';
import { keyOfName } from '@mooring/credentials';
import type { Collection } from '@mooring/document-store';
import type { Directory } from '../directory/directory.js';
import { withoutIdentity } from '../domain/copies.js';
import { isTwinOf, twinOf } from '../domain/new-twin.js';
import type { TwinRecord } from '../store/twin-record.js';
import type { TwinWriter } from '../store/twin-writer.js';

export interface IdentityCopiesOptions {
  readonly collection: Collection<TwinRecord>;
  readonly writer: TwinWriter;
  readonly directory: Directory;
  readonly clock: Clock;
}

/** Modules of one look-up; a device has at most 50. */
const PAGE = 1_000;

/** Gives each identity its twin, with the registry's entry in it, and takes away those of identities that are gone. */
export class IdentityCopies {
  constructor(private readonly options: IdentityCopiesOptions) {}

  async copy(names: readonly string[]): Promise<void> {
    const all = new Set(names);
    for (const module of await this.modulesOf(names.filter((name) => keyOfName(name).moduleId === ''))) {
      all.add(module);
    }
    const kept = await this.generations([...all]);
    await Promise.all([...all].map((name) => this.copyOne(name, kept.get(name))));
  }

  /** @param kept generation of the twin that there was before the registry was asked */
  private async copyOne(name: string, kept: string | undefined): Promise<void> {
    const { writer, directory, clock } = this.options;
    const { known } = await directory.describe(name);
    await writer.change(name, (current) => {
      if (known === undefined) {
        const isGone = current !== undefined && kept !== undefined && isTwinOf(current, kept);
        return { twin: isGone ? withoutIdentity(current) : current, result: undefined };
      }
      const isOlder = (current?.identity.revision ?? 0) > known.copy.revision;
      return { twin: isOlder ? current : twinOf(current, known, clock.now()), result: undefined };
    });
  }

  /** Twins of modules: with a device, its modules may be gone. */
  private async modulesOf(devices: readonly string[]): Promise<readonly string[]> {
    if (devices.length === 0) {
      return [];
    }
    const found: string[] = [];
    for (let after = ''; ; after = found.at(-1) ?? '') {
      const page = await this.options.collection.query({
        filter: { moduleOf: { $in: devices }, _id: { $gt: after } },
        sort: [['_id', 1]],
        limit: PAGE,
      });
      found.push(...page.map(({ _id }) => _id));
      if (page.length < PAGE) {
        return found;
      }
    }
  }

  private async generations(names: readonly string[]): Promise<Map<string, string>> {
    const stored = await this.options.collection.getMany(names);
    return new Map(stored.map(({ _id, generation }) => [_id, generation]));
  }
}
