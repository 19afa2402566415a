import type { Database, RootDatabase } from 'lmdb';
import { DocumentStoreError, invalid } from '../documents/errors.js';
import { checkPath } from '../documents/identifiers.js';
import type { CollectionSpec } from '../port.js';
import type { Body, CollectionData } from './collection-data.js';
import { behind } from './intervals.js';
import { SecondaryIndex } from './secondary-index.js';
import type { WriteQueue } from './write-queue.js';

/** The layout of the files; a store of a later one is not opened. */
const FORMAT = 1;
const FORMAT_KEY = ':format';

/** Documents that get their keys in a new index within one transaction. */
const BUILD_BATCH = 100;

/** MessagePack of plain maps: a document is decoded without anything that lies outside of it. */
const DOCUMENT_OPTIONS = { keyEncoding: 'binary', useVersions: true, encoder: { useRecords: false } } as const;

/** Which collections there are, and which of their indexes are complete. */
export class CollectionCatalogue {
  private readonly entries: Database<unknown, string>;

  constructor(
    private readonly environment: RootDatabase,
    private readonly writes: WriteQueue,
  ) {
    this.entries = environment.openDB<unknown, string>('catalogue', { encoding: 'json' });
  }

  /** @throws DocumentStoreError `newer-schema` */
  async checkFormat(): Promise<void> {
    const format = this.entries.get(FORMAT_KEY) ?? FORMAT;
    if (typeof format !== 'number' || format > FORMAT) {
      throw new DocumentStoreError('newer-schema', 'The document store was written by a later release.');
    }
    await this.writes.submit(() => this.entries.putSync(FORMAT_KEY, FORMAT));
  }

  /** Opens a collection, builds indexes that are new and empties those that are no longer declared. */
  async open(spec: CollectionSpec): Promise<CollectionData> {
    if (!/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(spec.name)) {
      throw invalid('A collection name has 1 to 64 letters, digits, _ and -, and begins with a letter.');
    }
    spec.indexes.flat().forEach(checkPath);
    const documents = this.environment.openDB<Body, Buffer>(`documents:${spec.name}`, DOCUMENT_OPTIONS);
    const complete = (this.entries.get(spec.name) ?? []) as readonly string[];
    const declared = spec.indexes.map((fields) => fields.join(','));
    const kept = complete.filter((name) => declared.includes(name));
    await this.record(spec.name, kept);
    for (const name of complete.filter((known) => !kept.includes(known))) {
      await this.keysOf(spec.name, name).clearAsync();
    }
    const indexes: SecondaryIndex[] = [];
    for (const [position, fields] of spec.indexes.entries()) {
      const name = declared[position] ?? '';
      const index = new SecondaryIndex(fields, this.keysOf(spec.name, name));
      if (!kept.includes(name)) {
        await this.build(index, documents);
      }
      indexes.push(index);
    }
    await this.record(spec.name, declared);
    return { documents, indexes, documentsExamined: 0 };
  }

  private async record(collection: string, indexes: readonly string[]): Promise<void> {
    await this.writes.submit(() => this.entries.putSync(collection, indexes));
  }

  private keysOf(collection: string, index: string): Database<Buffer, Buffer> {
    const name = `index:${collection}:${index}`;
    return this.environment.openDB<Buffer, Buffer>(name, { keyEncoding: 'binary', encoding: 'binary' });
  }

  private async build(index: SecondaryIndex, documents: Database<Body, Buffer>): Promise<void> {
    await index.keys.clearAsync();
    let start: Buffer | undefined = Buffer.of(0);
    while (start !== undefined) {
      const from: Buffer = start;
      start = await this.writes.submit(() => {
        let last: Buffer | undefined;
        for (const { key, value } of documents.getRange({ start: from, limit: BUILD_BATCH })) {
          index.update(value._id, undefined, value);
          last = key;
        }
        return last && behind(last);
      });
    }
  }
}
