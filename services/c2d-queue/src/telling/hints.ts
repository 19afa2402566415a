import type { Clock, Timer } from '@mooring/clock';
import { keyOfName } from '@mooring/credentials';
import type { DeviceLocator } from '@mooring/delivery';
import type { Logger } from '@mooring/observability';
import type { edge } from '@mooring/proto';

/** As many as an edge takes in one call. */
const MAX_KEYS = 500;
/** Calls of the locator, with the hints that follow, at a time; what comes meanwhile shares the next ones. */
const MAX_RUNNING = 8;
/** Queues beyond are left to the look for late hints, or to the next connection. */
const MAX_WAITING = 50_000;
const RETRY_MS = 1_000;

export interface HintsOptions {
  readonly locator: DeviceLocator;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ended: (outcome: 'sent' | 'offline' | 'failed', queues: number) => void;
}

/** Tells edges that there is something in queues. Nothing relies on one hint: whoever connects reads its queue. */
export class Hints {
  private readonly waiting = new Set<string>();
  private readonly failed = new Set<string>();
  private running = 0;
  private isScheduled = false;
  private retry: Timer | undefined;
  private stopped = false;

  constructor(private readonly options: HintsOptions) {}

  /** Returns at once. */
  give(name: string): void {
    if (!this.stopped && this.waiting.size < MAX_WAITING) {
      this.waiting.add(name);
      this.schedule();
    }
  }

  stop(): void {
    this.stopped = true;
    this.waiting.clear();
    this.retry?.cancel();
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
    while (this.waiting.size > 0 && this.running < MAX_RUNNING) {
      const names: string[] = [];
      for (const name of this.waiting) {
        if (names.length === MAX_KEYS) {
          break;
        }
        names.push(name);
        this.waiting.delete(name);
      }
      this.running += 1;
      void this.carryOut(names).finally(() => {
        this.running -= 1;
        this.schedule();
      });
    }
  }

  private async carryOut(names: readonly string[]): Promise<void> {
    const { locator, logger, ended } = this.options;
    try {
      const holders = await locator.locate(names.map(keyOfName));
      const byEdge = new Map<edge.DeliveryService, string[]>();
      names.forEach((name, index) => {
        for (const holder of holders[index] ?? []) {
          const hinted = byEdge.get(holder) ?? [];
          hinted.push(name);
          byEdge.set(holder, hinted);
        }
      });
      ended('offline', holders.filter(({ length }) => length === 0).length);
      await Promise.all([...byEdge].map(([holder, hinted]) => this.tell(holder, hinted)));
    } catch (error) {
      logger.debug({ err: error }, 'devices with queued messages could not be located; trying again');
      this.tryAgain(names);
    }
  }

  private async tell(holder: edge.DeliveryService, names: readonly string[]): Promise<void> {
    const { logger, ended } = this.options;
    try {
      await holder.hintMessages({ keys: names.map(keyOfName) });
      ended('sent', names.length);
    } catch (error) {
      logger.debug({ err: error }, 'an edge could not be told of queued messages; trying again');
      this.tryAgain(names);
    }
  }

  /** Tries again until it works, or the device is connected nowhere. */
  private tryAgain(names: readonly string[]): void {
    this.options.ended('failed', names.length);
    for (const name of names) {
      if (this.failed.size < MAX_WAITING) {
        this.failed.add(name);
      }
    }
    if (!this.stopped) {
      this.retry ??= this.options.clock.after(RETRY_MS, () => {
        this.retry = undefined;
        for (const name of this.failed) {
          this.failed.delete(name);
          this.give(name);
        }
      });
    }
  }
}
