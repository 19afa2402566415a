import type {
  Collection,
  FieldChanges,
  Filter,
  Page,
  PageQuery,
  Query,
  Stored,
  Write,
  WriteCondition,
  WriteOutcome,
} from '@mooring/document-store';
import { LRUCache } from 'lru-cache';
import { sectionSize } from '../domain/section-size.js';
import type { TwinRecord } from './twin-record.js';

const MAX_RECORDS = 20_000;
/** Characters and bytes of what is remembered, roughly. */
const MAX_SIZE = 64 * 1024 * 1024;
/** Of a record beside its sections. */
const RECORD_SIZE = 2_048;

/**
 * The collection of twins as writers see it: records that were written lately are read from memory. They may be out of date,
 * which the version in the condition of every write catches; what must be true is read from the collection itself.
 */
export class RecentTwins implements Collection<TwinRecord> {
  private readonly recent = new LRUCache<string, Stored<TwinRecord>>({
    max: MAX_RECORDS,
    maxSize: MAX_SIZE,
    sizeCalculation: sizeOf,
  });

  constructor(private readonly collection: Collection<TwinRecord>) {}

  has(name: string): boolean {
    return this.recent.has(name);
  }

  forget(name: string): void {
    this.recent.delete(name);
  }

  async getMany(names: readonly string[]): Promise<Stored<TwinRecord>[]> {
    const found: Stored<TwinRecord>[] = [];
    const unknown: string[] = [];
    for (const name of names) {
      const record = this.recent.get(name);
      if (record === undefined) {
        unknown.push(name);
      } else {
        found.push(record);
      }
    }
    return unknown.length === 0 ? found : [...found, ...(await this.collection.getMany(unknown))];
  }

  async bulk(writes: readonly Write<TwinRecord>[]): Promise<WriteOutcome[]> {
    try {
      const outcomes = await this.collection.bulk(writes);
      writes.forEach((write, index) => {
        this.remember(write, outcomes[index]);
      });
      return outcomes;
    } catch (error) {
      for (const write of writes) {
        this.forget(nameOf(write));
      }
      throw error;
    }
  }

  get(name: string): Promise<Stored<TwinRecord> | undefined> {
    return this.collection.get(name);
  }

  async put(document: TwinRecord, condition: WriteCondition): Promise<WriteOutcome> {
    return this.single({ kind: 'put', document, condition });
  }

  async patch(id: string, changes: FieldChanges, condition: WriteCondition): Promise<WriteOutcome> {
    return this.single({ kind: 'patch', id, changes, condition });
  }

  async delete(id: string, condition: WriteCondition): Promise<WriteOutcome> {
    return this.single({ kind: 'delete', id, condition });
  }

  query(query: Query): Promise<Stored<TwinRecord>[]> {
    return this.collection.query(query);
  }

  page(query: PageQuery): Promise<Page<TwinRecord>> {
    return this.collection.page(query);
  }

  count(filter: Filter): Promise<number> {
    return this.collection.count(filter);
  }

  private async single(write: Write<TwinRecord>): Promise<WriteOutcome> {
    const [outcome] = await this.bulk([write]);
    if (outcome === undefined) {
      throw new Error('A write has no outcome.');
    }
    return outcome;
  }

  private remember(write: Write<TwinRecord>, outcome: WriteOutcome | undefined): void {
    const name = nameOf(write);
    const record = outcome?.outcome === 'written' ? this.afterwards(write, outcome.version) : undefined;
    if (record === undefined) {
      this.recent.delete(name);
    } else if (record.version > (this.recent.peek(name)?.version ?? 0)) {
      this.recent.set(name, record);
    }
  }

  /** What a write has left; undefined where that is nothing, or not known. */
  private afterwards(write: Write<TwinRecord>, version: number): Stored<TwinRecord> | undefined {
    if (write.kind === 'put') {
      return { ...write.document, version };
    }
    if (write.kind === 'delete') {
      return undefined;
    }
    const before = this.recent.peek(write.id);
    return before?.version === version - 1 ? settled(before, write.changes, version) : undefined;
  }
}

/** A record after the one kind of patch that there is: told events are removed. */
function settled(
  before: Stored<TwinRecord>,
  { pullIds, set, unset, push }: FieldChanges,
  version: number,
): Stored<TwinRecord> | undefined {
  const told = pullIds?.['pending'];
  const others = [...Object.keys(set ?? {}), ...(unset ?? []), ...Object.keys(push ?? {})];
  if (told === undefined || others.some((field) => field !== 'pendingSince')) {
    return undefined;
  }
  const pending = before.pending.filter(({ id }) => !told.includes(id));
  return { ...before, pending, pendingSince: pending[0]?.time, version };
}

function nameOf(write: Write<TwinRecord>): string {
  return write.kind === 'put' ? write.document._id : write.id;
}

function sizeOf({ tags, desired, reported, desiredMetadata, reportedMetadata, pending }: TwinRecord): number {
  const sections = sectionSize(tags) + sectionSize(desired) + sectionSize(reported);
  const events = pending.reduce((size, { body }) => size + body.length, 0);
  return RECORD_SIZE + sections + desiredMetadata.length + reportedMetadata.length + events;
}
