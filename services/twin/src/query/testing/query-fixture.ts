import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@mooring/clock';
import { type Collection, type DocumentStore, openDocumentStore } from '@mooring/document-store';
import { createMetrics, type Metrics } from '@mooring/observability';
import type { Operation } from '@mooring/operations';
import { twinOf } from '../../domain/new-twin.js';
import type { ConnectionCopy, IdentityCopy, Twin } from '../../domain/twin.js';
import { TWIN_INDEXES, TWINS, type TwinRecord, toTwinRecord } from '../../store/twin-record.js';
import { QueryExecutor } from '../query-executor.js';
import { queryIndexes } from '../query-indexes.js';

export const QUERY_MAX_MS = 10_000;
const NOW = Date.parse('2026-03-01T12:00:00Z');

type Sections = Partial<Omit<Twin, 'identity' | 'connection' | 'status'>>;

export interface TwinChanges extends Sections {
  readonly status?: 'deleted' | undefined;
  readonly deviceId: string;
  readonly identity?: Partial<IdentityCopy>;
  readonly connection?: Partial<ConnectionCopy>;
}

/** A twin like a new one, but for what is given. */
export function twinLike({ deviceId, moduleId = '', identity, connection, status, ...sections }: TwinChanges): Twin {
  const copy: IdentityCopy = {
    revision: 1,
    etag: 'e1',
    status: 'enabled',
    statusReason: '',
    statusUpdatedTime: 0,
    authenticationType: 'sas',
    primaryThumbprint: '',
    secondaryThumbprint: '',
    iotEdge: false,
    deviceScope: '',
    parentScopes: [],
    ...identity,
  };
  const twin = twinOf(undefined, { owner: { deviceId, moduleId, generation: 'g1' }, copy }, NOW);
  const changed = { ...twin, ...sections, connection: { ...twin.connection, ...connection } };
  return status === undefined ? changed : { ...changed, status };
}

/** An embedded store in a folder of its own. */
export async function embeddedDocuments(): Promise<{ readonly store: DocumentStore; close(): Promise<void> }> {
  const directory = mkdtempSync(join(tmpdir(), 'mooring-twin-query-'));
  const store = await openDocumentStore({ kind: 'embedded', directory });
  return {
    store,
    close: async () => {
      await store.close();
      rmSync(directory, { recursive: true });
    },
  };
}

/** Queries over twins of a store. */
export class QueryFixture {
  readonly clock = new ManualClock(NOW);
  readonly metrics: Metrics = createMetrics();
  readonly operations: Operation[] = [];

  readonly executor: QueryExecutor;

  private constructor(readonly collection: Collection<TwinRecord>) {
    this.executor = this.executorOver(collection, this.metrics);
  }

  static async open(store: DocumentStore, twinIndexes: readonly string[] = []): Promise<QueryFixture> {
    const indexes = [...TWIN_INDEXES, ...queryIndexes(twinIndexes)];
    return new QueryFixture(await store.collection<TwinRecord>({ name: TWINS, indexes }));
  }

  executorOver(collection: Collection<TwinRecord>, metrics = createMetrics()): QueryExecutor {
    return new QueryExecutor({
      collection,
      operations: { record: (operation) => this.operations.push(operation) },
      clock: this.clock,
      metrics,
      queryMaxMs: QUERY_MAX_MS,
    });
  }

  async put(twins: readonly Twin[]): Promise<void> {
    await this.collection.bulk(
      twins.map((twin) => ({ kind: 'put', document: toTwinRecord(twin), condition: 'always' })),
    );
  }

  /** All pages, one after the other. */
  async all(query: string, pageSize = 0, executor = this.executor): Promise<unknown[]> {
    const items: unknown[] = [];
    let continuation = '';
    do {
      const page = await executor.query({ query, pageSize, continuation });
      items.push(...page.items.map((item) => JSON.parse(Buffer.from(item).toString())));
      continuation = page.continuation;
    } while (continuation !== '');
    return items;
  }

  /** The ids of the devices found, modules with theirs behind. */
  async names(condition: string, source = 'devices'): Promise<string> {
    const found = (await this.all(`SELECT * FROM ${source} WHERE ${condition}`)) as readonly Twin[];
    return found
      .map(({ deviceId, moduleId }) => (moduleId === undefined ? deviceId : `${deviceId}/${moduleId}`))
      .join(' ');
  }
}
