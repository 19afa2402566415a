/**
 * Runs tasks of one key one after another, tasks of different keys at the same time. Writers of one document in this
 * process so wait for each other instead of refusing each other over and over.
 */
export class KeyedQueue {
  private readonly tails = new Map<string, Promise<void>>();

  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.tails.get(key);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.tails.set(key, promise);
    try {
      await before;
      return await task();
    } finally {
      resolve();
      if (this.tails.get(key) === promise) {
        this.tails.delete(key);
      }
    }
  }
}
