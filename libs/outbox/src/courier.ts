import type { Clock, Timer } from '@mooring/clock';
import type { Logger } from '@mooring/observability';
import type { Channel } from './channel.js';
import type { OutboxEvent } from './outbox-record.js';

/** Documents whose events one channel carries at a time; the sweep finds the others later. */
const MAX_DOCUMENTS = 20_000;
const RETRY_MS = 1_000;

export interface CourierOptions<E extends OutboxEvent> {
  readonly channel: Channel<E>;
  readonly settler: {
    has(documentId: string, eventId: string): boolean;
    settle(documentId: string, eventIds: readonly string[]): void;
  };
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Carries the events of one channel: of one document one batch at a time, so that they keep their order, of different
 * documents side by side, so that a partition that stands still holds up no others.
 */
export class Courier<E extends OutboxEvent> {
  /** Documents on their way, with what came up meanwhile. */
  private readonly busy = new Map<string, readonly E[] | undefined>();
  private readonly retries = new Set<Timer>();
  private stopped = false;
  private whenIdle: (() => void)[] = [];

  constructor(private readonly options: CourierOptions<E>) {}

  get size(): number {
    return this.busy.size;
  }

  /** @param pending all that is pending in the document */
  take(documentId: string, pending: readonly E[]): void {
    const { channel, settler } = this.options;
    const events = pending.filter((event) => channel.accepts(event) && !settler.has(documentId, event.id));
    if (events.length === 0 || this.stopped) {
      return;
    }
    if (this.busy.has(documentId)) {
      this.busy.set(documentId, events);
    } else if (this.busy.size < MAX_DOCUMENTS) {
      this.busy.set(documentId, undefined);
      this.carry(documentId, events);
    }
  }

  /** Resolves when nothing is on its way any more. */
  async idle(): Promise<void> {
    if (this.busy.size > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.whenIdle.push(resolve);
      await promise;
    }
  }

  stop(): void {
    this.stopped = true;
    this.retries.forEach((timer) => {
      timer.cancel();
    });
    this.busy.clear();
    this.tellIdle();
  }

  private carry(documentId: string, events: readonly E[]): void {
    this.options.channel.deliver(documentId, events).then(
      () => this.delivered(documentId, events),
      (error: unknown) => this.failed(documentId, events, error),
    );
  }

  private delivered(documentId: string, events: readonly E[]): void {
    this.options.settler.settle(
      documentId,
      events.map(({ id }) => id),
    );
    const later = this.busy.get(documentId);
    this.busy.delete(documentId);
    if (later !== undefined) {
      this.take(documentId, later);
    }
    if (this.busy.size === 0) {
      this.tellIdle();
    }
  }

  private failed(documentId: string, events: readonly E[], error: unknown): void {
    if (this.stopped) {
      return;
    }
    const { channel, clock, logger } = this.options;
    logger.warn({ err: error, channel: channel.name }, 'events could not be told; trying again');
    const timer = clock.after(RETRY_MS, () => {
      this.retries.delete(timer);
      this.carry(documentId, events);
    });
    this.retries.add(timer);
  }

  private tellIdle(): void {
    const waiting = this.whenIdle;
    this.whenIdle = [];
    waiting.forEach((resolve) => {
      resolve();
    });
  }
}
