import { setImmediate as turn } from 'node:timers/promises';
import { Batcher } from '@mooring/batching';
import type { Clock } from '@mooring/clock';
import type { Collection, Stored, Write } from '@mooring/document-store';
import { HubError } from '@mooring/errors';
import { fromHeadRecord, type HeadRecord, toHeadRecord } from '../queue/head-record.js';
import { Queue } from '../queue/queue.js';
import type { QueueRules } from '../queue/queue-rules.js';
import { HeadCache, type SeenHead } from './head-cache.js';

/** Changes a queue; may be tried more than once, each time on the queue as it is then. What it throws is the caller's. */
export type Operation<R> = (queue: Queue) => R;

interface Waiting {
  readonly operation: Operation<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Attempt {
  readonly name: string;
  readonly seen: SeenHead;
  readonly queue: Queue;
  readonly answers: readonly (() => void)[];
}

/** Heads written in one round trip. */
const MAX_HEADS = 500;
/** Rounds on their way at a time; what comes meanwhile makes up the next ones. */
const MAX_ROUNDS = 4;
const MAX_WAITING = 20_000;
/** Writers that may come first, one after another, before this one gives up. */
const ATTEMPTS = 50;

export interface HeadStoreOptions {
  readonly collection: Collection<HeadRecord>;
  readonly rules: QueueRules;
  readonly clock: Clock;
  /** Told of a queue that was just written. */
  readonly written: (name: string, queue: Queue) => void;
}

/**
 * Heads of queues, changed with optimistic concurrency. Operations on one head that come at about the same time share a
 * write, those on different heads share round trips.
 */
export class HeadStore {
  private readonly cache: HeadCache;
  private readonly waiting = new Map<string, Waiting[]>();
  /** Names with operations that wait, of which none is on its way. */
  private readonly ready = new Set<string>();
  private readonly busy = new Set<string>();
  private readonly warming: Batcher<string, Stored<HeadRecord> | undefined>;
  private count = 0;
  private rounds = 0;
  private isScheduled = false;

  constructor(private readonly options: HeadStoreOptions) {
    this.cache = new HeadCache(options.clock);
    this.warming = new Batcher({
      call: async (names) => {
        const found = await this.fetch(names);
        return names.map((name) => found.get(name));
      },
      maxBatch: MAX_HEADS,
      concurrency: MAX_ROUNDS,
      maxWaiting: MAX_WAITING,
    });
  }

  /** @throws HubError `ServiceUnavailable` if others are first too often, or too much is to do; and what the operation throws */
  async change<R>(name: string, operation: Operation<R>): Promise<R> {
    if (this.count >= MAX_WAITING) {
      throw new HubError('ServiceUnavailable', 'There is too much to do at a time; try again.');
    }
    this.count += 1;
    const { promise, resolve, reject } = Promise.withResolvers<R>();
    const waiting = this.waiting.get(name) ?? [];
    // The operation's own result is what `resolve` is called with.
    waiting.push({ operation, resolve: resolve as (result: unknown) => void, reject });
    this.waiting.set(name, waiting);
    if (!this.busy.has(name)) {
      this.ready.add(name);
      this.schedule();
    }
    return promise;
  }

  /** Reads a head that is to be changed soon. Where that fails, the change reads it. */
  async warm(name: string): Promise<void> {
    if (this.cache.get(name) !== undefined || this.busy.has(name)) {
      return;
    }
    const seen = await this.warming.add(name).then(
      (stored): SeenHead => ({ stored }),
      () => undefined,
    );
    if (seen !== undefined && this.cache.get(name) === undefined && !this.busy.has(name)) {
      this.cache.keep(name, seen.stored);
    }
  }

  /** Queues as they are now, by name; nothing is changed in the store. */
  async read(names: readonly string[]): Promise<Map<string, Queue>> {
    const { clock, rules } = this.options;
    const found = await this.fetch(names);
    return new Map([...found].map(([name, stored]) => [name, new Queue(fromHeadRecord(stored), rules, clock.now())]));
  }

  private schedule(): void {
    if (!this.isScheduled) {
      this.isScheduled = true;
      queueMicrotask(() => {
        this.isScheduled = false;
        this.begin();
      });
    }
  }

  private begin(): void {
    while (this.ready.size > 0 && this.rounds < MAX_ROUNDS) {
      const work = new Map<string, readonly Waiting[]>();
      for (const name of this.ready) {
        if (work.size === MAX_HEADS) {
          break;
        }
        work.set(name, this.waiting.get(name) ?? []);
        this.waiting.delete(name);
        this.ready.delete(name);
        this.busy.add(name);
      }
      this.rounds += 1;
      void this.round(work);
    }
  }

  private async round(work: Map<string, readonly Waiting[]>): Promise<void> {
    try {
      for (let attempt = 0; work.size > 0; attempt++) {
        if (attempt === ATTEMPTS) {
          throw new HubError('ServiceUnavailable', 'The queue is being changed by too many at a time; try again.');
        }
        await this.attempt(work, attempt === 0);
        if (work.size > 0) {
          await turn();
        }
      }
    } catch (error) {
      for (const [name, operations] of work) {
        this.cache.forget(name);
        this.finish(work, name);
        for (const { reject } of operations) {
          reject(error);
        }
      }
    } finally {
      this.rounds -= 1;
      this.schedule();
    }
  }

  /** Carries out what is left of the work, and removes from it what is done. */
  private async attempt(work: Map<string, readonly Waiting[]>, mayRemember: boolean): Promise<void> {
    const { collection, clock, rules, written } = this.options;
    const remembered = new Map<string, SeenHead>();
    for (const name of work.keys()) {
      const seen = mayRemember ? this.cache.get(name) : undefined;
      if (seen !== undefined) {
        remembered.set(name, seen);
      }
    }
    const fetched = await this.fetch([...work.keys()].filter((name) => !remembered.has(name)));
    const attempts: Attempt[] = [];
    for (const [name, operations] of work) {
      const seen = remembered.get(name) ?? { stored: fetched.get(name) };
      const queue = new Queue(seen.stored && fromHeadRecord(seen.stored), rules, clock.now());
      const answers = operations.map((waiting) => carryOut(waiting, queue));
      if (queue.isChanged) {
        attempts.push({ name, seen, queue, answers });
      } else if (remembered.has(name)) {
        this.cache.forget(name);
      } else {
        this.finish(work, name);
        answer(answers);
      }
    }
    const outcomes =
      attempts.length === 0 ? [] : await collection.bulk(attempts.map((attempt) => writeOf(attempt, rules)));
    attempts.forEach(({ name, queue, answers }, index) => {
      const outcome = outcomes[index];
      if (outcome?.outcome !== 'written') {
        this.cache.forget(name);
        return;
      }
      if (queue.isDeparted) {
        this.cache.forget(name);
      } else {
        this.cache.keep(name, {
          ...toHeadRecord(name, queue.head(), { rules, isDeparted: false }),
          version: outcome.version,
        });
      }
      this.finish(work, name);
      answer(answers);
      written(name, queue);
    });
  }

  private finish(work: Map<string, readonly Waiting[]>, name: string): void {
    this.count -= work.get(name)?.length ?? 0;
    work.delete(name);
    this.busy.delete(name);
    if (this.waiting.has(name)) {
      this.ready.add(name);
      this.schedule();
    }
  }

  private async fetch(names: readonly string[]): Promise<Map<string, Stored<HeadRecord>>> {
    const found = names.length === 0 ? [] : await this.options.collection.getMany(names);
    return new Map(found.map((stored) => [stored._id, stored]));
  }
}

function carryOut({ operation, resolve, reject }: Waiting, queue: Queue): () => void {
  try {
    const result = operation(queue);
    return () => resolve(result);
  } catch (error) {
    return () => reject(error);
  }
}

function answer(answers: readonly (() => void)[]): void {
  for (const tell of answers) {
    tell();
  }
}

function writeOf({ name, seen, queue }: Attempt, rules: QueueRules): Write<HeadRecord> {
  const condition = seen.stored === undefined ? 'absent' : { version: seen.stored.version };
  if (queue.isOver && seen.stored !== undefined) {
    return { kind: 'delete', id: name, condition };
  }
  return {
    kind: 'put',
    document: toHeadRecord(name, queue.head(), { rules, isDeparted: queue.isDeparted }),
    condition,
  };
}
