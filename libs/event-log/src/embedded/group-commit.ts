import type { Clock } from '@mooring/clock';
import { EventLogError } from '../errors.js';
import type { AppendBatch } from './append-batch.js';
import type { BlockStore, StoredBlock, StoredState } from './block-store.js';
import type { EmbeddedAppender } from './embedded-appender.js';

interface StateWrite {
  state: StoredState;
  readonly waiters: { resolve(): void; reject(error: Error): void }[];
}

/** Awaited before each flush: lets a test hold it back. */
export type FlushGate = () => Promise<void>;

export interface GroupCommitOptions {
  /** From the start of one flush to that of the next, at least. */
  readonly intervalMs: number;
  readonly gate: FlushGate | undefined;
}

/**
 * One flush at a time: all that is appended, and all positions that groups commit, while a flush is in progress share the
 * next one, its transaction and its sync.
 */
export class GroupCommit {
  /** Why the last flush failed, until one succeeds. */
  lastError: Error | undefined;
  private readonly appenders: EmbeddedAppender[] = [];
  private states = new Map<string, StateWrite>();
  private running = false;
  private lastFlush = Number.NEGATIVE_INFINITY;
  private closed: Promise<void> | undefined;
  private whenIdle: (() => void) | undefined;

  constructor(
    private readonly store: BlockStore,
    private readonly clock: Clock,
    private readonly options: GroupCommitOptions,
  ) {}

  add(appender: EmbeddedAppender): void {
    this.appenders.push(appender);
  }

  readonly request = (): void => {
    if (!this.running && this.closed === undefined) {
      this.running = true;
      void this.run();
    }
  };

  /** Resolves when the state is durable; a later one under the same key takes the place of one that still waits. */
  put(state: StoredState): Promise<void> {
    if (this.closed !== undefined) {
      return Promise.reject(new EventLogError('The event log is closed.'));
    }
    return new Promise((resolve, reject) => {
      const key = JSON.stringify(state.key);
      const write = this.states.get(key);
      if (write === undefined) {
        this.states.set(key, { state, waiters: [{ resolve, reject }] });
      } else {
        write.state = state;
        write.waiters.push({ resolve, reject });
      }
      this.request();
    });
  }

  /** No flush begins any more; resolves when none is in progress. What still waits is not written. */
  close(): Promise<void> {
    this.closed ??= this.running
      ? new Promise((resolve) => {
          this.whenIdle = resolve;
        })
      : Promise.resolve();
    return this.closed;
  }

  private async run(): Promise<void> {
    // Nothing may come between the last look at what waits and the end of the run: its request would be lost.
    while (this.closed === undefined && this.waiting()) {
      await this.turn();
      await this.options.gate?.();
      this.lastFlush = this.clock.monotonic();
      await this.flush();
    }
    this.running = false;
    this.whenIdle?.();
  }

  /**
   * Until the next flush may begin: after the current turn of the event loop, so that all that it reads from sockets shares
   * the flush; under load not before the last flush is a little while ago, so that more do.
   */
  private turn(): Promise<void> {
    const rest = this.lastFlush + this.options.intervalMs - this.clock.monotonic();
    return new Promise((resolve) => {
      if (rest > 0) {
        // Not by the clock, whose timers let the process end: something waits to be written.
        setTimeout(resolve, rest);
      } else {
        setImmediate(resolve);
      }
    });
  }

  private waiting(): boolean {
    return this.states.size > 0 || this.appenders.some((appender) => appender.waiting);
  }

  private async flush(): Promise<void> {
    const batches: [EmbeddedAppender, AppendBatch][] = [];
    for (const appender of this.appenders) {
      const batch = appender.take();
      if (batch !== undefined) {
        batches.push([appender, batch]);
      }
    }
    const states = [...this.states.values()];
    this.states = new Map();
    const now = this.clock.now();
    const blocks: StoredBlock[] = [];
    for (const [, batch] of batches) {
      blocks.push(...batch.close(now));
    }
    const error = await this.write(blocks, states);
    this.lastError = error;
    for (const [appender, batch] of batches) {
      if (error === undefined) {
        appender.flushed(batch);
      } else {
        appender.failed(batch, error);
      }
    }
    for (const { resolve, reject } of states.flatMap((state) => state.waiters)) {
      error === undefined ? resolve() : reject(error);
    }
  }

  private write(blocks: readonly StoredBlock[], states: readonly StateWrite[]): Promise<Error | undefined> {
    const values = states.map((write) => write.state);
    return this.store.write(blocks, values).then(
      () => undefined,
      (cause: unknown) => new EventLogError('The event log could not be written to disk.', { cause }),
    );
  }
}
