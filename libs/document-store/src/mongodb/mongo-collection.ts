import type { FindCursor } from 'mongodb';
import { DocumentStoreError } from '../documents/errors.js';
import { checkFilter } from '../documents/filter.js';
import { checkId } from '../documents/identifiers.js';
import { checkPage, checkQuery } from '../documents/query-limits.js';
import { checkCondition } from '../documents/write-conditions.js';
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
import { type PreparedDelete, writeDeletes } from './delete-round.js';
import { translate } from './retry.js';
import { fromStoredForm, type StoredForm, storedFilter, storedPath } from './stored-form.js';
import { type PreparedUpdate, prepareUpdate } from './update-operation.js';
import { type Result, writeUpdates } from './update-round.js';
import type { WriteTarget } from './write-target.js';

const WITHOUT_NONCES = { w: 0 } as const;

/** Ids asked for in one message. */
const IDS_PER_READ = 1_000;

type Prepared = PreparedUpdate | PreparedDelete;

export class MongoCollection<T extends DocumentBody> implements Collection<T> {
  constructor(private readonly target: WriteTarget) {}

  async get(id: string): Promise<Stored<T> | undefined> {
    checkId(id);
    const [document] = await this.find((collection) => collection.find({ _id: id }).limit(1));
    return document;
  }

  async getMany(ids: readonly string[]): Promise<Stored<T>[]> {
    ids.forEach(checkId);
    const distinct = [...new Set(ids)];
    const found: Stored<T>[] = [];
    for (let from = 0; from < distinct.length; from += IDS_PER_READ) {
      const part = distinct.slice(from, from + IDS_PER_READ);
      found.push(
        ...(await this.find((collection) => collection.find({ _id: { $in: part } }).batchSize(part.length + 1))),
      );
    }
    return found;
  }

  put(document: T, condition: WriteCondition): Promise<WriteOutcome> {
    return this.write({ kind: 'put', document, condition });
  }

  patch(id: string, changes: FieldChanges, condition: WriteCondition): Promise<WriteOutcome> {
    return this.write({ kind: 'patch', id, changes, condition });
  }

  delete(id: string, condition: WriteCondition): Promise<WriteOutcome> {
    return this.write({ kind: 'delete', id, condition });
  }

  async bulk(writes: readonly Write<T>[]): Promise<WriteOutcome[]> {
    const prepared = writes.map(prepare);
    const results = new Map<Prepared, Result>();
    for (const round of rounds(prepared)) {
      await this.writeRound(round, results);
    }
    return prepared.map((write) => outcomeOf(results.get(write)));
  }

  async query(query: Query): Promise<Stored<T>[]> {
    checkQuery(query);
    return this.find((collection) =>
      collection
        .find(storedFilter(query.filter))
        .sort(storedSort(query.sort ?? []))
        .limit(query.limit),
    );
  }

  async page(query: PageQuery): Promise<Page<T>> {
    checkPage(query);
    const found = await this.find((collection) => pageCursor(collection, query), query.signal);
    const documents = found.slice(0, query.limit);
    const last = documents.at(-1);
    return found.length > query.limit && last !== undefined ? { documents, next: last._id } : { documents };
  }

  /** What the server says of a page: how many documents it examines for those that it returns. */
  async explainPage(query: PageQuery): Promise<{ readonly examined: number; readonly returned: number }> {
    checkPage(query);
    await this.target.connect();
    const { executionStats } = await pageCursor(this.target.collection, query).explain('executionStats');
    return { examined: executionStats.totalDocsExamined, returned: executionStats.nReturned };
  }

  async count(filter: Filter, { signal }: CountOptions = {}): Promise<number> {
    checkFilter(filter);
    try {
      await this.target.connect();
      return await this.target.collection.countDocuments(storedFilter(filter), { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw translate(error);
    }
  }

  private async find(
    open: (collection: WriteTarget['collection']) => FindCursor<Stored<DocumentBody> & StoredForm> | FindCursor,
    signal?: AbortSignal,
  ): Promise<Stored<T>[]> {
    try {
      await this.target.connect();
      const forms = (await open(this.target.collection).project(WITHOUT_NONCES).toArray()) as StoredForm[];
      return forms.map((form) => fromStoredForm(form) as Stored<T>);
    } catch (error) {
      signal?.throwIfAborted();
      throw translate(error);
    }
  }

  private async write(write: Write<T>): Promise<WriteOutcome> {
    const prepared = prepare(write);
    const results = new Map<Prepared, Result>();
    await this.writeRound([prepared], results);
    return outcomeOf(results.get(prepared));
  }

  private async writeRound(round: readonly Prepared[], results: Map<Prepared, Result>): Promise<void> {
    const updates = round.filter((write) => write.kind !== 'delete');
    const deletes = round.filter((write) => write.kind === 'delete');
    const [updated, deleted] = await Promise.all([
      writeUpdates(this.target, updates),
      writeDeletes(this.target, deletes),
    ]);
    keepAll(results, updates, updated);
    keepAll(results, deletes, deleted);
  }
}

/** The documents of a page, and the one behind it. */
function pageCursor(collection: WriteTarget['collection'], { filter, after, limit, signal }: PageQuery) {
  const stored = storedFilter(filter);
  const behind = after === undefined ? stored : { $and: [{ _id: { $gt: after } }, stored] };
  return collection
    .find(behind, { signal })
    .sort({ _id: 1 })
    .limit(limit + 1);
}

function prepare(write: Write<DocumentBody>): Prepared {
  checkCondition(write.condition);
  if (write.kind !== 'delete') {
    return prepareUpdate(write);
  }
  checkId(write.id);
  return { kind: 'delete', id: write.id, condition: write.condition };
}

/** A sort as one of stored forms that ends with `_id`, the order among equals; behind that nothing matters. */
function storedSort(sort: NonNullable<Query['sort']>): [string, 1 | -1][] {
  const id = sort.findIndex(([path]) => path === '_id');
  const keys = id === -1 ? [...sort, ['_id', 1] as const] : sort.slice(0, id + 1);
  return keys.map(([path, direction]) => [storedPath(path), direction]);
}

/** Writes in groups with no document twice: the first of each document, the second, and so on. */
function rounds(writes: readonly Prepared[]): Prepared[][] {
  const seen = new Map<string, number>();
  const groups: Prepared[][] = [];
  for (const write of writes) {
    const turn = seen.get(write.id) ?? 0;
    seen.set(write.id, turn + 1);
    const group = groups[turn] ?? [];
    groups[turn] = group;
    group.push(write);
  }
  return groups;
}

function keepAll(into: Map<Prepared, Result>, writes: readonly Prepared[], results: readonly Result[]): void {
  for (const [index, write] of writes.entries()) {
    const result = results[index];
    if (result !== undefined) {
      into.set(write, result);
    }
  }
}

function outcomeOf(result: Result | undefined): WriteOutcome {
  if (result === undefined || result instanceof DocumentStoreError) {
    throw result ?? new DocumentStoreError('unavailable', 'A write got lost.');
  }
  return result;
}
