import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { DocumentStoreError, invalid } from '../documents/errors.js';
import type { Collection, CollectionSpec, DocumentBody, DocumentStore, StoreDeficiency } from '../port.js';
import { CollectionCatalogue } from './collection-catalogue.js';
import { EmbeddedCollection } from './embedded-collection.js';
import { claimDirectory } from './sole-owner.js';
import { WriteQueue } from './write-queue.js';

/** Collections and indexes together; each costs LMDB a few bytes per transaction. */
const MAX_DATABASES = 256;

interface Declared {
  readonly spec: CollectionSpec;
  readonly collection: Promise<EmbeddedCollection<DocumentBody>>;
}

/** Documents on disk, in one process, by LMDB. */
export class EmbeddedDocumentStore implements DocumentStore {
  private readonly writes: WriteQueue;
  private readonly catalogue: CollectionCatalogue;
  private readonly declared = new Map<string, Declared>();
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly environment: RootDatabase,
    private readonly giveUp: () => Promise<void>,
  ) {
    this.writes = new WriteQueue(environment);
    this.catalogue = new CollectionCatalogue(environment, this.writes);
  }

  /**
   * @param directory made if absent, readable by its owner only; the store keeps it to itself
   * @throws DocumentStoreError `in-use`, `newer-schema`
   */
  static async open(directory: string): Promise<EmbeddedDocumentStore> {
    const giveUp = claimDirectory(directory);
    const environment = open({
      path: join(directory, 'documents'),
      noSubdir: false,
      maxDbs: MAX_DATABASES,
      // A transaction is seen by readers, and acknowledged, only after it is on disk.
      overlappingSync: false,
      // The write queue forms the batches; lmdb's own leave a rejected promise unhandled when the disk is full.
      eventTurnBatching: false,
    });
    const store = new EmbeddedDocumentStore(environment, giveUp);
    try {
      await store.catalogue.checkFormat();
      return store;
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  async collection<T extends DocumentBody>(spec: CollectionSpec): Promise<Collection<T>> {
    const known = this.declared.get(spec.name);
    if (known !== undefined && JSON.stringify(known.spec.indexes) !== JSON.stringify(spec.indexes)) {
      throw invalid(`Collection ${spec.name} is declared with other indexes already.`);
    }
    const declared = known ?? { spec, collection: this.openCollection(spec) };
    this.declared.set(spec.name, declared);
    return (await declared.collection) as unknown as Collection<T>;
  }

  async deficiencies(): Promise<readonly StoreDeficiency[]> {
    const message = this.closing === undefined ? this.writes.lastFailure : 'The document store is closed.';
    return message === undefined ? [] : [{ severity: 'unavailable', message }];
  }

  close(): Promise<void> {
    this.closing ??= this.shutDown();
    return this.closing;
  }

  private async openCollection(spec: CollectionSpec): Promise<EmbeddedCollection<DocumentBody>> {
    if (this.closing !== undefined) {
      throw new DocumentStoreError('unavailable', 'The document store is closed.');
    }
    return new EmbeddedCollection(await this.catalogue.open(spec), this.writes);
  }

  private async shutDown(): Promise<void> {
    await this.writes.close();
    await this.environment.close();
    await this.giveUp();
  }
}
