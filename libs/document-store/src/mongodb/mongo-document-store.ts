import { type Clock, SystemClock } from '@mooring/clock';
import { type Document, MongoClient } from 'mongodb';
import { invalid } from '../documents/errors.js';
import { checkPath } from '../documents/identifiers.js';
import type { Collection, CollectionSpec, DocumentBody, DocumentStore, StoreDeficiency } from '../port.js';
import { MongoCollection } from './mongo-collection.js';
import { translate } from './retry.js';
import { type StoredForm, storedPath } from './stored-form.js';

export interface MongoStoreOptions {
  /** A connection string; what it says of write and read concerns and of retries is overruled. */
  readonly url: string;
  readonly database: string;
  readonly clock?: Clock;
  /** How long to wait for one reply, in milliseconds; 10,000 unless given. */
  readonly operationTimeoutMs?: number;
  /** How long a write is tried again, in milliseconds; 15,000 unless given. */
  readonly retryMs?: number;
}

const SERVER_SELECTION_MS = 5_000;

interface Declared {
  readonly spec: CollectionSpec;
  readonly collection: Promise<MongoCollection<DocumentBody>>;
}

/** Documents on a server that speaks MongoDB's protocol. */
export class MongoDocumentStore implements DocumentStore {
  private readonly client: MongoClient;
  private readonly declared = new Map<string, Declared>();
  private readonly clock: Clock;
  private connected: Promise<void> | undefined;

  /** Connects when first used. */
  constructor(private readonly options: MongoStoreOptions) {
    this.clock = options.clock ?? new SystemClock();
    const timeoutMs = options.operationTimeoutMs ?? 10_000;
    this.client = new MongoClient(options.url, {
      appName: 'mooring',
      writeConcern: { w: 'majority', journal: true },
      readConcern: { level: 'majority' },
      readPreference: 'primary',
      // Lost replies are recognised by nonces; the driver's own way needs sessions, which not every server has.
      retryWrites: false,
      ignoreUndefined: true,
      promoteBuffers: true,
      serverSelectionTimeoutMS: Math.min(SERVER_SELECTION_MS, timeoutMs),
      connectTimeoutMS: Math.min(SERVER_SELECTION_MS, timeoutMs),
      socketTimeoutMS: timeoutMs,
      waitQueueTimeoutMS: timeoutMs,
    });
  }

  async collection<T extends DocumentBody>(spec: CollectionSpec): Promise<Collection<T>> {
    const known = this.declared.get(spec.name);
    if (known !== undefined && JSON.stringify(known.spec.indexes) !== JSON.stringify(spec.indexes)) {
      throw invalid(`Collection ${spec.name} is declared with other indexes already.`);
    }
    const declared = known ?? { spec, collection: this.openCollection(spec) };
    this.declared.set(spec.name, declared);
    try {
      return (await declared.collection) as unknown as Collection<T>;
    } catch (error) {
      this.declared.delete(spec.name);
      throw error;
    }
  }

  async deficiencies(): Promise<readonly StoreDeficiency[]> {
    let hello: Document;
    try {
      await this.connect();
      hello = await this.client.db('admin').command({ hello: 1 });
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown error';
      return [{ severity: 'unavailable', message: `MongoDB does not answer: ${reason}` }];
    }
    return weaknessOf(hello).map((message) => ({ severity: 'weak', message }));
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  private async openCollection({ name, indexes }: CollectionSpec): Promise<MongoCollection<DocumentBody>> {
    indexes.flat().forEach(checkPath);
    const collection = this.client.db(this.options.database).collection<StoredForm>(name);
    try {
      if (indexes.length > 0) {
        await this.connect();
        const keys = indexes.map((fields) => new Map(fields.map((field) => [storedPath(field), 1 as const])));
        await collection.createIndexes(keys.map((key) => ({ key })));
      }
    } catch (error) {
      throw translate(error);
    }
    const { clock } = this;
    return new MongoCollection({
      collection,
      connect: () => this.connect(),
      clock,
      retryMs: this.options.retryMs ?? 15_000,
    });
  }

  /** The driver does not try again by itself when its first attempt to connect has failed. */
  private connect(): Promise<void> {
    this.connected ??= this.client.connect().then(
      () => undefined,
      (error: unknown) => {
        this.connected = undefined;
        throw error;
      },
    );
    return this.connected;
  }
}

/** What a server says of itself that makes an acknowledged write less than safe. */
function weaknessOf(hello: Document): string[] {
  if (hello['msg'] === 'isdbgrid') {
    return [];
  }
  const hosts = hello['hosts'] as readonly string[] | undefined;
  if (hello['setName'] === undefined || hosts === undefined) {
    return ['MongoDB is a standalone server: what it acknowledged is lost with its disk.'];
  }
  return hosts.length < 3 ? [`MongoDB's replica set has ${hosts.length} members that hold data: use at least 3.`] : [];
}
