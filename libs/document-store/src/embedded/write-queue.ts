import { performance } from 'node:perf_hooks';
import type { RootDatabase } from 'lmdb';
import { DocumentStoreError } from '../documents/errors.js';

interface Job {
  readonly apply: () => unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  result?: unknown;
  refusal?: DocumentStoreError;
}

/** How long one transaction may hold the event loop; what waits longer goes into the next one. */
const TRANSACTION_MS = 4;

/** Writes that may wait; more are refused, as the disk does not keep up. */
const MAX_WAITING = 50_000;

/**
 * All writes of the store, one transaction at a time: what arrives while one is being flushed shares the next one and its
 * flush. A job decides and writes within the transaction, so that no writer overtakes another between the two.
 */
export class WriteQueue {
  private waiting: Job[] = [];
  private running: Promise<void> | undefined;
  private closed = false;
  private failure: string | undefined;

  constructor(private readonly environment: RootDatabase) {}

  /** Why the last transaction failed; undefined if it succeeded. */
  get lastFailure(): string | undefined {
    return this.failure;
  }

  /**
   * Runs `apply` in a transaction and resolves with its result once that is on disk. `apply` may throw a DocumentStoreError
   * before its first write; anything else that it throws undoes the transaction.
   */
  submit<T>(apply: () => T): Promise<T> {
    if (this.closed || this.waiting.length >= MAX_WAITING) {
      const reason = this.closed ? 'The document store is closed.' : 'Too many writes are waiting for the disk.';
      return Promise.reject(new DocumentStoreError('unavailable', reason));
    }
    return new Promise<T>((resolve, reject) => {
      this.waiting.push({ apply, resolve: resolve as Job['resolve'], reject });
      this.running ??= this.run();
    });
  }

  /** Resolves when all that was submitted is on disk, or has failed; nothing more is taken. */
  async close(): Promise<void> {
    this.closed = true;
    await this.running;
  }

  private async run(): Promise<void> {
    // Writes of the same turn of the event loop share the first transaction too.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const jobs = this.waiting;
      this.waiting = [];
      await this.runTransaction(jobs);
    }
    this.running = undefined;
  }

  private async runTransaction(jobs: readonly Job[]): Promise<void> {
    let count = 0;
    try {
      // A child transaction, since only that is undone when its callback throws.
      await this.environment.childTransaction(() => {
        const deadline = performance.now() + TRANSACTION_MS;
        do {
          const job = jobs[count++];
          if (job !== undefined) {
            apply(job);
          }
        } while (count < jobs.length && performance.now() < deadline);
      });
    } catch (error) {
      this.fail(jobs.slice(0, count), error);
      return;
    } finally {
      this.waiting = [...jobs.slice(count), ...this.waiting];
    }
    this.failure = undefined;
    for (const job of jobs.slice(0, count)) {
      if (job.refusal === undefined) {
        job.resolve(job.result);
      } else {
        job.reject(job.refusal);
      }
    }
  }

  private fail(jobs: readonly Job[], cause: unknown): void {
    const error = new DocumentStoreError('unavailable', 'The write could not be committed to disk.', { cause });
    this.failure = error.message;
    if (cause instanceof Error && 'commitError' in cause && cause.commitError instanceof Promise) {
      // lmdb tells the reason by a second promise, which must not stay unhandled.
      cause.commitError.catch((reason: unknown) => {
        cause.cause = reason;
      });
    }
    for (const job of jobs) {
      job.reject(error);
    }
  }
}

function apply(job: Job): void {
  try {
    job.result = job.apply();
  } catch (error) {
    if (!(error instanceof DocumentStoreError)) {
      throw error;
    }
    job.refusal = error;
  }
}
