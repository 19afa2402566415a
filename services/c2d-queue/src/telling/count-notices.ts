import type { Clock, Timer } from '@mooring/clock';
import { keyOfName } from '@mooring/credentials';
import type { Appender } from '@mooring/event-log';
import { changeNoticeRecord } from '@mooring/messages';
import type { Logger } from '@mooring/observability';

/** In which many changes of one queue become one notice: back ends that want a number of now read the device itself. */
const DELAY_MS = 2_000;
const RETRY_MS = 1_000;
const MAX_RECORDS = 1_000;
/** Queues beyond are not told of: their numbers are wrong elsewhere until they change again. */
const MAX_WAITING = 100_000;

export interface CountNoticesOptions {
  /** Of the topic of changes. */
  readonly appender: Appender;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Tells those who keep copies that the number of messages in a queue has changed. */
export class CountNotices {
  private readonly waiting = new Set<string>();
  private timer: Timer | undefined;
  private flushing: Promise<void> | undefined;
  private stopped = false;

  constructor(private readonly options: CountNoticesOptions) {}

  /** Returns at once. */
  tell(name: string): void {
    if (this.waiting.size < MAX_WAITING) {
      this.waiting.add(name);
      this.schedule(DELAY_MS);
    }
  }

  /** Tells what waits, once; then nothing more. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
    await this.flushing;
    await this.flush();
  }

  private schedule(delayMs: number): void {
    if (!this.stopped && this.flushing === undefined) {
      this.timer ??= this.options.clock.after(delayMs, () => {
        this.timer = undefined;
        this.flushing = this.flush().finally(() => {
          this.flushing = undefined;
          if (this.waiting.size > 0) {
            this.schedule(RETRY_MS);
          }
        });
      });
    }
  }

  private async flush(): Promise<void> {
    const { appender, logger } = this.options;
    const names = [...this.waiting];
    this.waiting.clear();
    for (let start = 0; start < names.length; start += MAX_RECORDS) {
      const records = names
        .slice(start, start + MAX_RECORDS)
        .map((name) => changeNoticeRecord({ part: 'queue', ...keyOfName(name) }));
      try {
        await appender.appendAll(records);
      } catch (error) {
        logger.warn({ err: error }, 'changes of queues could not be told; trying again');
        for (const name of names.slice(start)) {
          this.waiting.add(name);
        }
        return;
      }
    }
  }
}
