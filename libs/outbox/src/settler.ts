import type { Clock, Timer } from '@mooring/clock';
import type { Collection, Stored, Write } from '@mooring/document-store';
import type { Logger } from '@mooring/observability';
import type { OutboxRecord } from './outbox-record.js';

/** Long enough for the other events of one change to be told too, so that one write removes them all. */
const DELAY_MS = 20;
const RETRY_MS = 1_000;
/** Documents of one round. */
const BATCH = 500;

export interface SettlerOptions<T extends OutboxRecord> {
  readonly collection: Collection<T>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Removes events that were told from their documents, and tombstones that have none left. */
export class Settler<T extends OutboxRecord> {
  private readonly told = new Map<string, Set<string>>();
  private timer: Timer | undefined;
  private flushing: Promise<void> | undefined;
  private stopped = false;

  constructor(private readonly options: SettlerOptions<T>) {}

  /** Documents that still hold what was told. */
  get size(): number {
    return this.told.size;
  }

  /** Whether an event was told, and is only still there. */
  has(documentId: string, eventId: string): boolean {
    return this.told.get(documentId)?.has(eventId) ?? false;
  }

  settle(documentId: string, eventIds: readonly string[]): void {
    const ids = this.told.get(documentId) ?? new Set<string>();
    eventIds.forEach((id) => {
      ids.add(id);
    });
    this.told.set(documentId, ids);
    this.schedule(DELAY_MS);
  }

  /** Removes what can be removed now. What fails stays, and is told again after the next start. */
  async flush(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
    this.flushing ??= this.round().finally(() => {
      this.flushing = undefined;
    });
    await this.flushing;
  }

  /** Leaves what is left to the next start. */
  stop(): void {
    this.stopped = true;
    this.timer?.cancel();
  }

  private schedule(delayMs: number): void {
    if (!this.stopped) {
      this.timer ??= this.options.clock.after(delayMs, () => {
        this.timer = undefined;
        void this.flush();
      });
    }
  }

  private async round(): Promise<void> {
    try {
      await this.removeTold([...this.told.keys()].slice(0, BATCH));
    } catch (error) {
      this.options.logger.warn({ err: error }, 'events that were told could not be removed; trying again');
      this.schedule(RETRY_MS);
      return;
    }
    if (this.told.size > 0) {
      this.schedule(DELAY_MS);
    }
  }

  private async removeTold(documentIds: readonly string[]): Promise<void> {
    const documents = await this.options.collection.getMany(documentIds);
    const present = new Set(documents.map(({ _id }) => _id));
    for (const id of documentIds) {
      if (!present.has(id)) {
        this.told.delete(id);
      }
    }
    const removals = documents.map((document) => this.removal(document));
    const outcomes =
      removals.length === 0 ? [] : await this.options.collection.bulk(removals.map(({ write }) => write));
    removals.forEach(({ id, eventIds }, index) => {
      // Refused: the document changed meanwhile, and is read again in the next round.
      if (outcomes[index]?.outcome === 'written') {
        this.forget(id, eventIds);
      }
    });
  }

  private removal(document: Stored<T>): { id: string; eventIds: readonly string[]; write: Write<T> } {
    const { _id: id, version } = document;
    const eventIds = [...(this.told.get(id) ?? [])];
    const left = document.pending.filter((event) => !eventIds.includes(event.id));
    const condition = { version };
    if (left.length === 0 && document.status === 'deleted') {
      return { id, eventIds, write: { kind: 'delete', id, condition } };
    }
    const since = left[0]?.time;
    const changes =
      since === undefined
        ? { pullIds: { pending: eventIds }, unset: ['pendingSince'] }
        : { pullIds: { pending: eventIds }, set: { pendingSince: since } };
    return { id, eventIds, write: { kind: 'patch', id, changes, condition } };
  }

  private forget(documentId: string, eventIds: readonly string[]): void {
    const ids = this.told.get(documentId);
    eventIds.forEach((id) => {
      ids?.delete(id);
    });
    if (ids?.size === 0) {
      this.told.delete(documentId);
    }
  }
}
