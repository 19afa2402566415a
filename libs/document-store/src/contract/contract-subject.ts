import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll } from '@jest/globals';
import type { Collection, CollectionSpec, DocumentBody, DocumentStore, DocumentValue } from '../port.js';

/** An adapter under test: opens a store over the same data each time. */
export interface ContractSubject {
  open(): Promise<DocumentStore>;
  /** Removes the data. */
  remove(): Promise<void>;
}

/** A document with any fields. */
export interface Entry extends DocumentBody {
  readonly [field: string]: DocumentValue | undefined;
}

/** The store that a group of tests works on, and collections of their own. */
export interface Bench {
  store(): DocumentStore;
  reopen(): Promise<DocumentStore>;
  collection(indexes?: CollectionSpec['indexes']): Promise<Collection<Entry>>;
}

export function useBench(makeSubject: () => Promise<ContractSubject>): Bench {
  let subject: ContractSubject;
  let store: DocumentStore;
  beforeAll(async () => {
    subject = await makeSubject();
    store = await subject.open();
  });
  afterAll(async () => {
    await store.close();
    await subject.remove();
  });
  return {
    store: () => store,
    reopen: async () => {
      await store.close();
      store = await subject.open();
      return store;
    },
    collection: (indexes = []) => store.collection({ name: newName(), indexes }),
  };
}

/** A collection name that no other test uses. */
export function newName(): string {
  return `c${randomBytes(6).toString('hex')}`;
}
