import type { Clock, Timer } from '@mooring/clock';
import type { Collection } from '@mooring/document-store';
import type { Logger } from '@mooring/observability';
import type { Channel } from './channel.js';
import { Courier } from './courier.js';
import type { EventOf, OutboxRecord } from './outbox-record.js';
import { Settler } from './settler.js';

export interface OutboxOptions<T extends OutboxRecord> {
  readonly collection: Collection<T>;
  readonly channels: readonly Channel<EventOf<T>>[];
  readonly clock: Clock;
  readonly logger: Logger;
}

const SWEEP_MS = 1_000;
/** What is younger is on its way already. */
const LEFT_BEHIND_MS = 1_000;
const SWEEP_PAGE = 1_000;
const SWEEP_PAGES = 10;

/**
 * Tells what happened to the documents of one collection. The write that changes a document puts the event in it; once
 * told, it is removed. A sweep finds what a process left that was killed in between, so that each event is told at least
 * once, and those of one document in order.
 */
export class Outbox<T extends OutboxRecord> {
  private readonly settler: Settler<T>;
  private readonly couriers: readonly Courier<EventOf<T>>[];
  private sweepTimer: Timer | undefined;
  private sweeping: Promise<void> | undefined;

  constructor(private readonly options: OutboxOptions<T>) {
    this.settler = new Settler(options);
    this.couriers = options.channels.map(
      (channel) => new Courier({ channel, settler: this.settler, clock: options.clock, logger: options.logger }),
    );
  }

  /** Tells what is pending in a document, now; returns at once. */
  tell(documentId: string, pending: readonly EventOf<T>[]): void {
    for (const courier of this.couriers) {
      courier.take(documentId, pending);
    }
  }

  /** Documents with events on their way or just told. */
  get size(): number {
    return this.settler.size + this.couriers.reduce((sum, courier) => sum + courier.size, 0);
  }

  /** Takes up what earlier processes left, and looks for such from then on. */
  async start(): Promise<void> {
    await this.sweep(0);
    this.sweepTimer = this.options.clock.every(SWEEP_MS, () => {
      this.sweeping ??= this.sweepAgain().finally(() => {
        this.sweeping = undefined;
      });
    });
  }

  /** Resolves when everything is told that was taken, and removed. */
  async drained(): Promise<void> {
    await Promise.all(this.couriers.map((courier) => courier.idle()));
    for (let before = Number.POSITIVE_INFINITY; this.settler.size > 0 && this.settler.size < before; ) {
      before = this.settler.size;
      await this.settler.flush();
    }
  }

  /** Stops at once; what is pending stays for the next start. */
  async stop(): Promise<void> {
    this.sweepTimer?.cancel();
    this.couriers.forEach((courier) => {
      courier.stop();
    });
    this.settler.stop();
    await this.sweeping;
  }

  private async sweepAgain(): Promise<void> {
    try {
      await this.sweep(LEFT_BEHIND_MS);
    } catch (error) {
      this.options.logger.warn({ err: error }, 'the sweep for events that are not told failed; trying again');
    }
  }

  private async sweep(olderThanMs: number): Promise<void> {
    const until = this.options.clock.now() - olderThanMs;
    let from = 1;
    for (let page = 0; page < SWEEP_PAGES; page++) {
      const found = await this.options.collection.query({
        filter: { pendingSince: { $gte: from, $lte: until } },
        sort: [['pendingSince', 1]],
        limit: SWEEP_PAGE,
      });
      for (const { _id, pending } of found) {
        this.tell(_id, pending);
      }
      const last = found.at(-1)?.pendingSince ?? until;
      if (found.length < SWEEP_PAGE) {
        return;
      }
      from = last > from ? last : last + 1;
    }
  }
}
