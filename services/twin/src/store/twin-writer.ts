import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '@mooring/clock';
import { HubError } from '@mooring/errors';
import type { TwinEvent } from '../domain/twin-event.js';
import type { RecentTwins } from './recent-twins.js';
import { type ChangePlan, planChanges, type TwinChange, type WaitingChange } from './twin-changes.js';

/** Twins written in one round trip. */
const BATCH = 250;
/** Round trips at a time. */
const PARALLEL = 4;
/** Changes of one twin in one write; their events all wait in it. */
const CHANGES_OF_TWIN = 100;
/** Changes that may wait for their turn. */
const MAX_WAITING = 50_000;
/** Writers of other processes that may come first, one after another, before a change is given up. */
const ATTEMPTS = 100;

/** Changes may be large: after so much time others get a turn. */
const SLICE_MS = 10;

export interface TwinWriterOptions {
  readonly twins: RecentTwins;
  readonly clock: Clock;
  /** Told what is pending in a twin that was just written. */
  readonly written: (name: string, pending: readonly TwinEvent[]) => void;
  /** Told how many twins a round trip has written, and for how many somebody else was first. */
  readonly round: (written: number, refused: number) => void;
}

interface Line {
  readonly waiting: WaitingChange[];
  attempts: number;
}

/**
 * Changes twins with optimistic concurrency. Changes of one twin are made one after another in the order in which they came,
 * those that wait meanwhile with a single write; different twins share round trips.
 */
export class TwinWriter {
  /** By twin: what waits; a twin that is being written stays, and is not in `ready`. */
  private readonly lines = new Map<string, Line>();
  private readonly ready = new Set<string>();
  private waiting = 0;
  private rounds = 0;
  private scheduled = false;

  constructor(private readonly options: TwinWriterOptions) {}

  /** Changes that wait for their turn. */
  get size(): number {
    return this.waiting;
  }

  /**
   * Changes one twin.
   *
   * @returns what the change returned; resolves when the twin is durable
   * @throws HubError `ServiceUnavailable` if too much waits, or others are first too often, and what the change throws
   */
  change<R>(name: string, change: TwinChange<R>): Promise<R> {
    if (this.waiting >= MAX_WAITING) {
      return Promise.reject(new HubError('ServiceUnavailable', 'Too many changes of twins wait; try again.'));
    }
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.waiting++;
    const line = this.lines.get(name);
    if (line === undefined) {
      this.lines.set(name, { waiting: [{ change, resolve, reject }], attempts: 0 });
      this.ready.add(name);
    } else {
      line.waiting.push({ change, resolve, reject });
    }
    this.schedule();
    return promise as Promise<R>;
  }

  private schedule(): void {
    if (!this.scheduled) {
      this.scheduled = true;
      queueMicrotask(() => {
        this.scheduled = false;
        this.startRounds();
      });
    }
  }

  private startRounds(): void {
    while (this.rounds < PARALLEL && this.ready.size > 0) {
      const names: string[] = [];
      for (const name of this.ready) {
        this.ready.delete(name);
        if (names.push(name) === BATCH) {
          break;
        }
      }
      this.rounds++;
      void this.round(names);
    }
  }

  private async round(names: readonly string[]): Promise<void> {
    const taken = new Map(names.map((name) => [name, this.take(name)]));
    try {
      await this.write(taken);
    } catch (error) {
      // Nothing is known of what was written: who waits is told so, and the twins are read anew.
      for (const [name, changes] of taken) {
        this.options.twins.forget(name);
        for (const { reject } of changes) {
          reject(error);
        }
      }
    }
    this.rounds--;
    for (const name of names) {
      this.release(name);
    }
    await turn();
    this.startRounds();
  }

  private async write(taken: Map<string, readonly WaitingChange[]>): Promise<void> {
    const { twins, clock, round } = this.options;
    const fromMemory = new Set([...taken.keys()].filter((name) => twins.has(name)));
    const stored = new Map((await twins.getMany([...taken.keys()])).map((record) => [record._id, record]));
    const toWrite: ChangePlan[] = [];
    let sliceEnd = clock.monotonic() + SLICE_MS;
    for (const [name, changes] of taken) {
      if (clock.monotonic() > sliceEnd) {
        await turn();
        sliceEnd = clock.monotonic() + SLICE_MS;
      }
      const plan = planChanges(name, changes, stored.get(name));
      if (fromMemory.has(name) && (plan.hasRefusals || plan.write === undefined)) {
        // What is remembered may be out of date, and only a write would show it.
        this.again(name, taken, 0);
      } else if (plan.write === undefined) {
        plan.conclude();
        taken.delete(name);
      } else {
        toWrite.push(plan);
      }
    }
    const writes = toWrite.flatMap(({ write }) => write ?? []);
    const outcomes = writes.length === 0 ? [] : await twins.bulk(writes);
    let refused = 0;
    toWrite.forEach((plan, index) => {
      if (outcomes[index]?.outcome === 'written') {
        this.conclude(plan);
        taken.delete(plan.name);
      } else {
        refused++;
        this.again(plan.name, taken, 1);
      }
    });
    round(toWrite.length - refused, refused);
  }

  private conclude({ name, next, conclude }: ChangePlan): void {
    const line = this.lines.get(name);
    if (line !== undefined) {
      line.attempts = 0;
    }
    if (next !== undefined && next.pending.length > 0) {
      this.options.written(name, next.pending);
    }
    conclude();
  }

  /** Puts changes back in front of those that came meanwhile. */
  private again(name: string, taken: Map<string, readonly WaitingChange[]>, attempts: number): void {
    this.options.twins.forget(name);
    const changes = taken.get(name) ?? [];
    taken.delete(name);
    const line = this.lines.get(name);
    if (line === undefined) {
      return;
    }
    line.attempts += attempts;
    if (line.attempts >= ATTEMPTS) {
      line.attempts = 0;
      const error = new HubError('ServiceUnavailable', 'The twin is being changed by too many at a time; try again.');
      for (const { reject } of changes) {
        reject(error);
      }
      return;
    }
    this.waiting += changes.length;
    line.waiting.unshift(...changes);
  }

  private take(name: string): readonly WaitingChange[] {
    const changes = this.lines.get(name)?.waiting.splice(0, CHANGES_OF_TWIN) ?? [];
    this.waiting -= changes.length;
    return changes;
  }

  private release(name: string): void {
    if (this.lines.get(name)?.waiting.length === 0) {
      this.lines.delete(name);
    } else {
      this.ready.add(name);
    }
  }
}
