import { HubError } from '@mooring/errors';
import {
  EMPTY_QUEUE,
  type Ending,
  type FeedbackEvent,
  type QueueEntry,
  type QueueHead,
  type SettledLock,
} from './queue-head.js';
import type { EndedEntry, LockedEntry, NewMessage, Receipt, Received, Settlement } from './queue-requests.js';
import { dueTimeOf, endingOf, isAskedFor, isOlderGeneration, type QueueRules } from './queue-rules.js';

/** Settled locks that are remembered: those of one whole queue, for longer than a call is tried again. */
const MAX_SETTLED = 50;
const SETTLED_MS = 300_000;
/** Feedback that waits to be told, beyond which no message that asks for more is taken. */
const MAX_PENDING = 200;

/** A queue that is being changed, at one moment. Time has changed it first, and what fails changes no more. */
export class Queue {
  /** What has left the queue. */
  readonly ended: EndedEntry[] = [];
  private readonly before: QueueHead;
  private generation: string;
  private epoch: number;
  private nextSequence: number;
  private entries: readonly QueueEntry[];
  private settled: readonly SettledLock[];
  private readonly pending: FeedbackEvent[];
  private changed = false;
  private freed = false;
  private departed = false;

  constructor(
    stored: QueueHead | undefined,
    private readonly rules: QueueRules,
    readonly now: number,
  ) {
    this.before = stored ?? EMPTY_QUEUE;
    this.generation = this.before.generation;
    this.epoch = this.before.epoch;
    this.nextSequence = this.before.nextSequence;
    this.entries = this.before.entries;
    this.settled = this.before.settled;
    this.pending = [...this.before.pending];
    this.release(({ lock, ...entry }) => lock !== undefined && dueTimeOf({ lock, ...entry }, rules) <= now);
    this.endFree();
  }

  get isChanged(): boolean {
    return this.changed;
  }

  /** Nothing is left of the identity that was deleted, and nothing to tell. */
  get isOver(): boolean {
    return this.departed && this.pending.length === 0;
  }

  get isDeparted(): boolean {
    return this.departed;
  }

  /** Messages in the queue, free or locked. */
  get length(): number {
    return this.entries.length;
  }

  get isLengthChanged(): boolean {
    return this.entries.length !== this.before.entries.length;
  }

  /** There is something free that was not before. */
  get hasNews(): boolean {
    return this.freed && this.entries.some(({ lock }) => lock === undefined);
  }

  head(): QueueHead {
    const { generation, epoch, nextSequence, entries, settled, pending } = this;
    return { generation, epoch, nextSequence, entries, settled, pending };
  }

  /** @throws HubError `DeviceMaximumQueueDepthExceeded`, `ServiceUnavailable` */
  enqueue({ generation, ...message }: NewMessage): void {
    this.meet(generation);
    if (this.entries.length >= this.rules.maxMessages) {
      throw new HubError(
        'DeviceMaximumQueueDepthExceeded',
        `The queue holds ${this.rules.maxMessages} messages, which is its limit.`,
      );
    }
    if (message.ack !== 'none' && this.pending.length >= MAX_PENDING) {
      throw new HubError('ServiceUnavailable', 'Too much feedback on this queue is waiting; try again.');
    }
    const entry = { sequence: this.nextSequence, enqueuedTime: this.now, deliveryCount: 0, ...message };
    this.nextSequence += 1;
    this.entries = [...this.entries, entry];
    this.changed = true;
    this.freed = true;
  }

  /** @throws HubError `ConnectionForcefullyClosedOnNewConnection` for a connection that a newer one has replaced */
  receive(receipt: Receipt): Received {
    const { generation, epoch, lockMs, held } = receipt;
    if (epoch !== 0 && epoch < this.epoch) {
      throw replaced();
    }
    if (this.entries.length > 0) {
      this.meet(generation);
      this.attach(epoch);
    }
    const given = new Map<number, LockedEntry>();
    let more = false;
    for (const entry of this.entries) {
      const isForgotten =
        entry.lock !== undefined && epoch !== 0 && entry.lock.epoch === epoch && held?.has(entry.lock.token) === false;
      if (entry.lock !== undefined && !isForgotten) {
        continue;
      }
      if (given.size >= receipt.maxMessages || !receipt.takeRoom(entry.size)) {
        more = true;
        break;
      }
      const lock = entry.lock ?? {
        token: receipt.newToken(),
        epoch,
        until: lockMs === 0 ? undefined : this.now + lockMs,
      };
      const deliveryCount = entry.lock === undefined ? entry.deliveryCount + 1 : entry.deliveryCount;
      this.changed ||= entry.lock === undefined;
      given.set(entry.sequence, { ...entry, lock, deliveryCount });
    }
    if (given.size > 0) {
      this.entries = this.entries.map((entry) => given.get(entry.sequence) ?? entry);
    }
    return { entries: [...given.values()], more };
  }

  /** Does nothing for what was settled so before. @throws HubError `DeviceMessageLockLost` */
  settle({ generation, epoch, token, as }: Settlement): void {
    const held = this.entries.find(({ lock }) => lock?.token === token && lock.epoch === epoch);
    if (held === undefined || generation !== this.generation) {
      if (this.settled.some((settled) => settled.token === token && settled.as === as)) {
        return;
      }
      throw new HubError('DeviceMessageLockLost', 'The lock has ended, or there never was one.');
    }
    const since = this.now - SETTLED_MS;
    const remembered = this.settled.filter(({ time }) => time > since).slice(1 - MAX_SETTLED);
    this.settled = [...remembered, { token, as, time: this.now }];
    if (as === 'abandon') {
      this.release((entry) => entry === held);
      this.endFree();
    } else {
      this.end((entry) => (entry === held ? (as === 'complete' ? 'Success' : 'Rejected') : undefined));
    }
  }

  /** Frees what connections up to this one hold. */
  detach(epoch: number): void {
    this.release(({ lock }) => lock !== undefined && lock.epoch !== 0 && lock.epoch <= epoch);
    this.endFree();
  }

  /** @returns how many free messages it has dropped */
  purge(): number {
    const before = this.ended.length;
    this.end(({ lock }) => (lock === undefined ? 'Purged' : undefined));
    return this.ended.length - before;
  }

  /** The identity was deleted, unless it is of a generation that is there. */
  depart(current: string | undefined): void {
    if (this.before === EMPTY_QUEUE) {
      return;
    }
    if (current === undefined) {
      this.end(() => 'Purged');
      this.departed = true;
      this.changed = true;
    } else if (isOlderGeneration(this.generation, current)) {
      this.meet(current);
    }
  }

  /** Messages are for one generation alone: those for an older one go. */
  private meet(generation: string): void {
    if (generation === this.generation) {
      return;
    }
    if (isOlderGeneration(generation, this.generation)) {
      throw replaced();
    }
    this.end(() => 'Purged');
    this.generation = generation;
    this.changed = true;
  }

  private attach(epoch: number): void {
    if (epoch > this.epoch) {
      this.epoch = epoch;
      this.changed = true;
      this.detach(epoch - 1);
    }
  }

  private release(isMeant: (entry: QueueEntry) => boolean): void {
    if (this.entries.some(isMeant)) {
      this.entries = this.entries.map((entry) => (isMeant(entry) ? { ...entry, lock: undefined } : entry));
      this.changed = true;
      this.freed = true;
    }
  }

  private endFree(): void {
    this.end((entry) => (entry.lock === undefined ? endingOf(entry, this.rules, this.now) : undefined));
  }

  private end(endingOfEntry: (entry: QueueEntry) => Ending | undefined): void {
    const kept = this.entries.filter((entry) => {
      const ending = endingOfEntry(entry);
      if (ending !== undefined) {
        this.leave(entry, ending);
      }
      return ending === undefined;
    });
    if (kept.length < this.entries.length) {
      this.entries = kept;
      this.changed = true;
    }
  }

  private leave(entry: QueueEntry, ending: Ending): void {
    this.ended.push({ entry, ending });
    if (isAskedFor(entry.ack, ending)) {
      const { id, messageId } = entry;
      this.pending.push({ id, time: this.now, generation: this.generation, ending, messageId });
    }
  }
}

function replaced(): HubError {
  return new HubError('ConnectionForcefullyClosedOnNewConnection', 'A newer connection has taken over the queue.');
}
