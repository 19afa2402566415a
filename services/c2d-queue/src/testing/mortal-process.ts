import type { Clock, Timer } from '@mooring/clock';
import type { Collection, CollectionSpec, DocumentBody, DocumentStore } from '@mooring/document-store';

/** What a process has from outside, and what is gone once it is killed: no timer fires, and no call reaches the store. */
export class MortalProcess {
  private isDead = false;

  kill(): void {
    this.isDead = true;
  }

  clock(clock: Clock): Clock {
    const alive = (action: () => void) => () => {
      if (!this.isDead) {
        action();
      }
    };
    return {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      after: (delayMs: number, action: () => void): Timer => clock.after(delayMs, alive(action)),
      every: (periodMs: number, action: () => void): Timer => clock.every(periodMs, alive(action)),
    };
  }

  store(store: DocumentStore): DocumentStore {
    return {
      collection: async <T extends DocumentBody>(spec: CollectionSpec) =>
        this.collection(await store.collection<T>(spec)),
      deficiencies: () => store.deficiencies(),
      close: () => store.close(),
    };
  }

  private collection<T extends DocumentBody>(collection: Collection<T>): Collection<T> {
    const reach = <R>(call: () => Promise<R>): Promise<R> => (this.isDead ? new Promise<R>(() => undefined) : call());
    return {
      get: (id) => reach(() => collection.get(id)),
      getMany: (ids) => reach(() => collection.getMany(ids)),
      put: (document, condition) => reach(() => collection.put(document, condition)),
      patch: (id, changes, condition) => reach(() => collection.patch(id, changes, condition)),
      delete: (id, condition) => reach(() => collection.delete(id, condition)),
      bulk: (writes) => reach(() => collection.bulk(writes)),
      query: (query) => reach(() => collection.query(query)),
      page: (query) => reach(() => collection.page(query)),
      count: (filter) => reach(() => collection.count(filter)),
    };
  }
}
