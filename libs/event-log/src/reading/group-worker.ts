import type { Clock, Timer } from '@mooring/clock';
import type { BatchHandler, PartitionReader, StoredRecord } from '../port.js';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

export interface GroupWorkerOptions {
  readonly handler: BatchHandler;
  readonly maxRecords: number;
  readonly clock: Clock;
  /** Called with the offset to go on from. Not waited for before the next records. */
  readonly commit: (offset: number) => Promise<void>;
}

/** Feeds one partition to the handler of the group member that has it. */
export class GroupWorker {
  private readonly finished: Promise<void>;
  private stopped = false;
  private pause: { readonly timer: Timer; readonly end: () => void } | undefined;
  private committed: Promise<void> = Promise.resolve();

  constructor(
    private readonly reader: PartitionReader,
    private readonly options: GroupWorkerOptions,
  ) {
    this.finished = this.run();
  }

  /** Resolves when the handler is not running and what it has done is committed. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.pause?.timer.cancel();
    this.pause?.end();
    await this.reader.close();
    await this.finished;
    await this.committed;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const records = await this.reader.next(this.options.maxRecords);
      const last = records.at(-1);
      if (last !== undefined && (await this.handle(records))) {
        // A commit that fails means that records are handled again: duplicates, which consumers allow for.
        this.committed = this.options.commit(last.offset + 1).catch(() => undefined);
      }
    }
  }

  /** Until the handler succeeds. @returns false if the worker was stopped before that */
  private async handle(records: readonly StoredRecord[]): Promise<boolean> {
    for (let pauseMs = FIRST_PAUSE_MS; !this.stopped; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        await this.options.handler(records);
        return true;
      } catch {
        // The handler reports its own failures; here they only mean that these records come again.
        await this.sleep(pauseMs);
      }
    }
    return false;
  }

  private sleep(ms: number): Promise<void> {
    if (this.stopped) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.pause = { timer: this.options.clock.after(ms, resolve), end: resolve };
    });
  }
}
