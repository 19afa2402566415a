import type { Clock, Timer } from '@mooring/clock';
import type { Logger } from '@mooring/observability';

export interface NewestReportsOptions<Report> {
  /** Resolves once they are taken. */
  readonly send: (reports: readonly Report[]) => Promise<unknown>;
  readonly clock: Clock;
  readonly log: Logger;
}

const SEND_MS = 1_000;
const MAX_BATCH = 1_000;
/** Identities that may wait while nobody takes reports; beyond them the oldest is lost. */
const MAX_WAITING = 500_000;
/** At the end of the process. */
const LAST_SEND_MS = 2_000;

/** Reports of which the newest of each identity is enough: kept until they are taken, sent once a second, many in one call. */
export class NewestReports<Report> {
  private readonly waiting = new Map<string, Report>();
  private timer: Timer | undefined;
  private sending: Promise<void> | undefined;
  private lost = 0;

  constructor(private readonly options: NewestReportsOptions<Report>) {}

  get size(): number {
    return this.waiting.size;
  }

  /** Reports that nobody took before there were too many. */
  get lostCount(): number {
    return this.lost;
  }

  get(name: string): Report | undefined {
    return this.waiting.get(name);
  }

  put(name: string, report: Report): void {
    this.waiting.delete(name);
    this.waiting.set(name, report);
    const [oldest] = this.waiting.keys();
    if (this.waiting.size > MAX_WAITING && oldest !== undefined) {
      this.waiting.delete(oldest);
      this.lost++;
    }
  }

  start(): void {
    this.timer = this.options.clock.every(SEND_MS, () => void this.send());
  }

  /** Sends what is left, if somebody takes it soon. */
  async stop(): Promise<void> {
    this.timer?.cancel();
    await this.sending;
    await new Promise<void>((resolve) => {
      const timer = this.options.clock.after(LAST_SEND_MS, resolve);
      void this.send().finally(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  private send(): Promise<void> {
    this.sending ??= this.sendAll().finally(() => {
      this.sending = undefined;
    });
    return this.sending;
  }

  /** What is there now; what comes meanwhile waits for the next time. */
  private async sendAll(): Promise<void> {
    const all = [...this.waiting];
    try {
      for (let start = 0; start < all.length; start += MAX_BATCH) {
        const batch = all.slice(start, start + MAX_BATCH);
        await this.options.send(batch.map(([, report]) => report));
        for (const [name, report] of batch) {
          if (this.waiting.get(name) === report) {
            this.waiting.delete(name);
          }
        }
      }
    } catch (error) {
      this.options.log.warn({ err: error, waiting: this.waiting.size }, 'reports were not taken; this is tried again');
    }
  }
}
