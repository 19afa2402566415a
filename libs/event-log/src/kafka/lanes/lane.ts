import type { Clock, Timer } from '@mooring/clock';
import { BackPressure } from '../../appending/back-pressure.js';
import { EventLogError } from '../../errors.js';
import type { AppendOrigin } from '../../port.js';
import type { LaneSettings } from '../settings.js';
import { acknowledge, type BatchOutcome, type LaneBatch, silence } from './lane-batch.js';
import type { PartitionQueue } from './partition-queue.js';

const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 1_000;

/** Sends batches to the broker that leads their partitions. */
export interface LaneSender {
  /**
   * One request, once. Resolves with what the broker said of each batch. Rejects if that is not known; then the connection
   * has been ended, so that nothing of the request can arrive after a later one.
   */
  send(batches: readonly LaneBatch[], timeoutMs: number): Promise<readonly BatchOutcome[]>;
  /** Ends the connection, so that what is being sent fails. */
  abandon(): void;
}

export interface LaneContext {
  readonly clock: Clock;
  readonly settings: LaneSettings;
  /** A send failed or was refused: who leads which partition should be asked anew. */
  readonly onTrouble: () => void;
  /** No request is outstanding for now: partitions may change lanes. */
  readonly onSettled: () => void;
}

/**
 * The appends to the partitions that one broker leads: one request outstanding, made of at most one batch of each partition.
 * A request whose outcome is not known is repeated, the same batches unchanged, before anything else of the lane. A
 * partition that the broker refuses leaves the lane's requests until it is known who leads it (`parked`).
 */
export class Lane {
  readonly pressure: BackPressure;
  private readonly queues = new Set<PartitionQueue>();
  private outstanding: readonly LaneBatch[] = [];
  private timer: Timer | undefined;
  private lastSent = Number.NEGATIVE_INFINITY;
  private retryMs = FIRST_RETRY_MS;
  private closed = false;

  constructor(
    private readonly sender: LaneSender,
    private readonly context: LaneContext,
  ) {
    this.pressure = new BackPressure(context.settings.laneLimits);
  }

  /** Something was appended to one of the lane's partitions. */
  appended(bytes: number): void {
    this.pressure.add(1, bytes);
    if (this.timer === undefined && this.outstanding.length === 0) {
      this.sendAfter(this.context.settings.lingerMs);
    }
  }

  adopt(queue: PartitionQueue): void {
    queue.lane = this;
    this.queues.add(queue);
    this.pressure.add(queue.outstandingRecords, queue.outstandingBytes);
    this.continueAfter(0);
  }

  /** The partition goes to another lane; nothing of it may be outstanding. */
  release(queue: PartitionQueue): void {
    this.queues.delete(queue);
    this.pressure.remove(queue.outstandingRecords, queue.outstandingBytes);
    this.pressure.release();
  }

  /** Since when a request is outstanding, on the monotonic clock; for ever in the future if none is. */
  get outstandingSince(): number {
    return this.outstanding.length > 0 ? this.lastSent : Number.POSITIVE_INFINITY;
  }

  /** Waits no longer for the answer to a request that was sent before `time`: another broker leads its partitions now. */
  abandon(time: number): void {
    if (this.outstandingSince < time) {
      this.sender.abandon();
    }
  }

  isSending(queue: PartitionQueue): boolean {
    return queue.head !== undefined && this.outstanding.includes(queue.head);
  }

  /** Tries the parked partitions again that are still the lane's. */
  unpark(): void {
    for (const queue of this.queues) {
      queue.parked = false;
    }
    this.continueAfter(0);
  }

  /** Gives up what has waited for too long, save what is being sent. */
  expire(): void {
    const { clock, settings } = this.context;
    const now = clock.monotonic();
    for (const queue of this.queues) {
      if (!this.isSending(queue) && queue.deadline(settings.giveUpMs) <= now) {
        this.giveUp(queue.head ?? queue.seal(settings), new EventLogError('Kafka did not take these records in time.'));
      }
    }
    this.letOthersGoOn();
  }

  close(): void {
    this.closed = true;
    this.timer?.cancel();
  }

  private sendAfter(ms: number): void {
    this.timer = this.context.clock.after(ms, this.send);
  }

  private readonly send = (): void => {
    this.timer = undefined;
    const batches = this.compose();
    if (batches.length === 0 || this.closed) {
      return;
    }
    const { clock, settings } = this.context;
    const now = clock.monotonic();
    const timeLeft = Math.min(...batches.map((batch) => batch.deadline)) - now;
    this.outstanding = batches;
    this.lastSent = now;
    this.sender.send(batches, Math.min(settings.sendTimeoutMs, Math.max(timeLeft, settings.lingerMs))).then(
      (outcomes) => this.settled(batches, outcomes),
      () => this.failed(batches),
    );
  };

  /** What the next request consists of: what must be repeated, else the next batch of each partition. */
  private compose(): LaneBatch[] {
    const ready = [...this.queues].filter((queue) => !queue.parked && !queue.empty);
    const repeated = ready.flatMap(({ head }) => (head?.attempted ? [head] : []));
    if (repeated.length > 0) {
      return repeated;
    }
    const { settings } = this.context;
    const batches: LaneBatch[] = [];
    let bytes = 0;
    for (const queue of ready) {
      const batch = queue.head ?? queue.seal(settings);
      batches.push(batch);
      bytes += batch.payload.length;
      // Behind all others for the next request, should this one have no room for all.
      this.queues.delete(queue);
      this.queues.add(queue);
      if (bytes >= settings.maxRequestBytes) {
        break;
      }
    }
    return batches;
  }

  private settled(batches: readonly LaneBatch[], outcomes: readonly BatchOutcome[]): void {
    this.outstanding = [];
    this.retryMs = FIRST_RETRY_MS;
    const stored: LaneBatch[] = [];
    for (const [i, batch] of batches.entries()) {
      const outcome = outcomes[i] ?? 'refused';
      if (outcome === 'stored') {
        this.finish(batch);
        stored.push(batch);
      } else if (outcome === 'rejected') {
        this.giveUp(batch, new EventLogError('Kafka does not take these records.'));
      } else {
        batch.attempted = true;
        batch.queue.parked = true;
      }
    }
    acknowledge(stored);
    this.expire();
    if (batches.some((batch) => batch.queue.parked)) {
      this.context.onTrouble();
    }
    this.context.onSettled();
    const elapsed = this.context.clock.monotonic() - this.lastSent;
    this.continueAfter(Math.max(0, this.context.settings.lingerMs - elapsed));
  }

  private failed(batches: readonly LaneBatch[]): void {
    this.outstanding = [];
    for (const batch of batches) {
      batch.attempted = true;
    }
    this.expire();
    this.context.onTrouble();
    this.context.onSettled();
    const delay = this.retryMs;
    this.retryMs = Math.min(delay * 2, LONGEST_RETRY_MS);
    this.continueAfter(delay);
  }

  /** Unless something is under way already, or there is nothing to do. */
  private continueAfter(ms: number): void {
    if (this.timer === undefined && this.outstanding.length === 0 && !this.closed && this.hasWork()) {
      this.sendAfter(ms);
    }
  }

  private hasWork(): boolean {
    for (const queue of this.queues) {
      if (!queue.parked && !queue.empty) {
        return true;
      }
    }
    return false;
  }

  private giveUp(batch: LaneBatch, error: Error): void {
    const failed = new Set<AppendOrigin>();
    for (const { origin } of batch.records) {
      failed.add(origin);
    }
    this.finish(batch);
    for (const queue of this.queues) {
      const dropped = queue.drop(failed);
      this.pressure.remove(dropped.records, dropped.bytes);
      queue.pressure.remove(dropped.records, dropped.bytes);
      if (queue.head !== undefined) {
        silence(queue.head, failed);
      }
    }
    for (const origin of failed) {
      this.pressure.forget(origin);
      batch.queue.pressure.forget(origin);
      origin.appendFailed(error);
    }
  }

  private finish(batch: LaneBatch): void {
    const { queue, records, bytes } = batch;
    queue.head = undefined;
    queue.parked = false;
    this.pressure.remove(records.length, bytes);
    queue.pressure.remove(records.length, bytes);
  }

  /** Tells the origins that wait for room, and who waits for a drain. */
  private letOthersGoOn(): void {
    this.pressure.release();
    for (const queue of this.queues) {
      queue.pressure.release();
    }
  }
}
