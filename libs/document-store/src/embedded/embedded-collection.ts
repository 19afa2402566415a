import { setImmediate } from 'node:timers/promises';
import { copyDocument } from '../documents/document-copy.js';
import { checkChanges } from '../documents/field-changes.js';
import { checkFilter } from '../documents/filter.js';
import { checkId } from '../documents/identifiers.js';
import { checkPage, checkQuery } from '../documents/query-limits.js';
import { checkCondition, refusalOf, written } from '../documents/write-conditions.js';
import type {
  Collection,
  CountOptions,
  DocumentBody,
  FieldChanges,
  Filter,
  Page,
  PageQuery,
  Query,
  Stored,
  Write,
  WriteCondition,
  WriteOutcome,
} from '../port.js';
import { type Body, type CollectionData, checkSize, readEntry, toStored, writeEntry } from './collection-data.js';
import { applyChanges } from './field-patch.js';
import { countDocuments, selectDocuments, selectPage } from './selection.js';
import type { WriteQueue } from './write-queue.js';

/** Documents read one after the other before others get a turn. */
const READS_PER_TURN = 200;

export class EmbeddedCollection<T extends DocumentBody> implements Collection<T> {
  constructor(
    private readonly data: CollectionData,
    private readonly writes: WriteQueue,
  ) {}

  /** How many documents queries, pages and counts have read so far. */
  get documentsExamined(): number {
    return this.data.documentsExamined;
  }

  async get(id: string): Promise<Stored<T> | undefined> {
    checkId(id);
    return this.read(id);
  }

  async getMany(ids: readonly string[]): Promise<Stored<T>[]> {
    ids.forEach(checkId);
    const found: Stored<T>[] = [];
    let reads = 0;
    for (const id of new Set(ids)) {
      const document = this.read(id);
      if (document !== undefined) {
        found.push(document);
      }
      if (++reads % READS_PER_TURN === 0) {
        await setImmediate();
      }
    }
    return found;
  }

  async put(document: T, condition: WriteCondition): Promise<WriteOutcome> {
    return this.writes.submit(this.prepare({ kind: 'put', document, condition }));
  }

  async patch(id: string, changes: FieldChanges, condition: WriteCondition): Promise<WriteOutcome> {
    return this.writes.submit(this.prepare({ kind: 'patch', id, changes, condition }));
  }

  async delete(id: string, condition: WriteCondition): Promise<WriteOutcome> {
    return this.writes.submit(this.prepare({ kind: 'delete', id, condition }));
  }

  async bulk(writes: readonly Write<T>[]): Promise<WriteOutcome[]> {
    const prepared = writes.map((write) => this.prepare(write));
    const outcomes = await Promise.allSettled(prepared.map((apply) => this.writes.submit(apply)));
    return outcomes.map((settled) => {
      if (settled.status === 'rejected') {
        throw settled.reason;
      }
      return settled.value;
    });
  }

  async query(query: Query): Promise<Stored<T>[]> {
    checkQuery(query);
    return (await selectDocuments(this.data, query)) as unknown as Stored<T>[];
  }

  async page(query: PageQuery): Promise<Page<T>> {
    checkPage(query);
    const found = (await selectPage(this.data, query)) as unknown as Stored<T>[];
    const documents = found.slice(0, query.limit);
    const last = documents.at(-1);
    return found.length > query.limit && last !== undefined ? { documents, next: last._id } : { documents };
  }

  async count(filter: Filter, options: CountOptions = {}): Promise<number> {
    checkFilter(filter);
    return countDocuments(this.data, filter, options);
  }

  private read(id: string): Stored<T> | undefined {
    const entry = readEntry(this.data, id);
    return entry && (toStored(entry.body, entry.version) as unknown as Stored<T>);
  }

  /** Checks and copies a write now; what is returned decides and applies it within a transaction. */
  private prepare(write: Write<T>): () => WriteOutcome {
    checkCondition(write.condition);
    const { id, next } = this.transition(write);
    return () => {
      const current = readEntry(this.data, id);
      const refusal = refusalOf(write, current?.version);
      if (refusal !== undefined) {
        return refusal;
      }
      const after = next(current?.body);
      if (after !== undefined) {
        checkSize(after);
      }
      const version = after === undefined ? 0 : (current?.version ?? 0) + 1;
      writeEntry(this.data, id, { before: current?.body, after, version });
      return written(version);
    };
  }

  /** What a write makes of the document that is there. */
  private transition(write: Write<T>): { id: string; next: (current: Body | undefined) => Body | undefined } {
    if (write.kind === 'put') {
      const document = copyDocument(write.document);
      return { id: document._id, next: () => document };
    }
    const { id } = write;
    checkId(id);
    if (write.kind === 'delete') {
      return { id, next: () => undefined };
    }
    const changes = checkChanges(write.changes);
    return { id, next: (current) => current && applyChanges(current, changes) };
  }
}
