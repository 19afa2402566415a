import type { Clock, Timer } from '@mooring/clock';
import type { Flow, Waiter } from './flow.js';
import { FlowTable } from './flow-table.js';
import { TokenBucket } from './token-bucket.js';
import { TurnQueue } from './turn-queue.js';

/** So many in a span of time. */
export interface Limit {
  readonly amount: number;
  readonly perMs: number;
}

export interface FairBucketOptions {
  readonly limit: Limit;
  readonly clock: Clock;
}

/**
 * What is kept in the bucket for those who send no more than their fair share, and how much each of them may be ahead of that,
 * in spans of the limit: it is enough for all of them at once.
 */
const RESERVE_SPANS = 0.5;
/** What the bucket holds beyond that. */
const BURST_SPANS = 1;
/** What is remembered of one who has taken more: in spans, or in units of its share if that is longer. */
const MEMORY = 2;
const MIN_WAIT_MS = 1;
const SWEEP_MS = 500;

/**
 * A limit that many senders share, max-min fair: as long as all together stay below it nobody waits; beyond it those who send
 * most wait first, and get in equal turns what the others leave. Who sends less than the limit divided by the number of senders
 * does not find the bucket empty because of who sends more: a part of it is kept for them, and they are served first.
 *
 * A sender pays one unit before and what more it takes afterwards, so that what is large is taken too.
 */
export class FairBucket {
  private readonly bucket: TokenBucket;
  private readonly flows: FlowTable;
  /** Those within their fair share, and those beyond it. */
  private readonly early = new TurnQueue();
  private readonly late = new TurnQueue();
  private timer: Timer | undefined;
  private dueAt = Number.POSITIVE_INFINITY;
  private sweptAt = Number.NEGATIVE_INFINITY;
  private waiters = 0;
  private taken = 0;

  constructor(private readonly options: FairBucketOptions) {
    const { limit, clock } = options;
    this.bucket = new TokenBucket(limit.amount / limit.perMs, capacityOf(limit.amount), clock.monotonic());
    this.flows = new FlowTable(limit.perMs);
  }

  /** Senders that are active. */
  get active(): number {
    return this.flows.active;
  }

  /** What waits. */
  get waiting(): number {
    return this.waiters;
  }

  /** What of one sender waits. */
  waitingOf(name: string): number {
    return this.flows.at(name, this.options.clock.monotonic()).waiters.length;
  }

  /** Units that were given since the beginning. */
  get total(): number {
    return this.taken;
  }

  /** Units a second. */
  get perSecond(): number {
    return this.bucket.perMs * 1_000;
  }

  /** @param part of the limit that is to be given here, more than 0 */
  share(part: number): void {
    const { limit, clock } = this.options;
    const amount = limit.amount * part;
    this.bucket.change(amount / limit.perMs, capacityOf(amount), clock.monotonic());
  }

  /** @returns false if the sender has to wait: nothing is taken */
  take(name: string, cost: number): boolean {
    const now = this.options.clock.monotonic();
    const flow = this.flows.at(name, now);
    if (flow.isQueued || !this.mayPay(flow, now)) {
      return false;
    }
    const paid = Math.min(cost, Math.max(1, this.spare(now)));
    this.pay(flow, paid, now);
    this.taken += cost;
    flow.owed = cost - paid;
    this.enqueue(flow, now);
    return true;
  }

  /** Waits behind what of the same sender waits. What waits is told in the order in which it came. */
  wait(name: string, waiter: Waiter): void {
    const now = this.options.clock.monotonic();
    const flow = this.flows.at(name, now);
    flow.waiters.push(waiter);
    this.waiters++;
    this.enqueue(flow, now);
  }

  /** Whether there is something for one who waits for nobody: all of it within the fair share, else what others leave. */
  private mayPay(flow: Flow, now: number): boolean {
    if (this.isEntitled(flow, now)) {
      return this.bucket.available(now) >= 1 && this.early.size === 0;
    }
    return this.spare(now) >= 1 && this.early.size + this.late.size === 0;
  }

  /** What is there beyond the reserve. */
  private spare(now: number): number {
    return this.bucket.available(now) - this.reserve;
  }

  private get reserve(): number {
    return (this.bucket.size * RESERVE_SPANS) / (RESERVE_SPANS + BURST_SPANS);
  }

  /** Whether it has lately taken no more than its fair share, or so little more that what is kept is enough for it. */
  private isEntitled(flow: Flow, now: number): boolean {
    return flow.paidUntil <= now + this.options.limit.perMs * RESERVE_SPANS;
  }

  private pay(flow: Flow, units: number, now: number): void {
    // One more than there are, so that who comes next finds something too.
    const unitMs = (this.flows.active + 1) / this.bucket.perMs;
    this.bucket.take(units);
    const paidUntil = Math.max(flow.paidUntil, now) + units * unitMs;
    flow.paidUntil = Math.min(paidUntil, now + MEMORY * Math.max(this.options.limit.perMs, unitMs));
  }

  private enqueue(flow: Flow, now: number): void {
    if (flow.isQueued || (flow.owed === 0 && flow.waiters.length === 0)) {
      return;
    }
    (this.isEntitled(flow, now) ? this.early : this.late).push(flow);
    this.schedule(now);
  }

  private schedule(now: number): void {
    if (this.early.size + this.late.size === 0) {
      return;
    }
    const needed = this.early.size > 0 ? 1 : 1 + this.reserve;
    const untilEnough = (needed - this.bucket.available(now)) / this.bucket.perMs;
    const waitMs = Math.min(Math.max(untilEnough, MIN_WAIT_MS), SWEEP_MS);
    if (now + waitMs < this.dueAt) {
      this.timer?.cancel();
      this.dueAt = now + waitMs;
      this.timer = this.options.clock.after(waitMs, () => this.serve());
    }
  }

  /** Gives turns as long as there is something to give. */
  private serve(): void {
    const now = this.options.clock.monotonic();
    this.dueAt = Number.POSITIVE_INFINITY;
    if (now - this.sweptAt >= SWEEP_MS) {
      this.sweptAt = now;
      this.refuseOverdue(now);
    }
    while (this.early.size > 0 && this.bucket.available(now) >= 1) {
      this.turn(this.early.shift(), now);
    }
    while (this.early.size === 0 && this.late.size > 0 && this.spare(now) >= 1) {
      this.turn(this.late.shift(), now);
    }
    this.schedule(now);
  }

  /** One unit: of what is owed, or for the first that waits. */
  private turn(flow: Flow | undefined, now: number): void {
    if (flow === undefined) {
      return;
    }
    if (flow.owed > 0) {
      const paid = Math.min(flow.owed, 1);
      this.pay(flow, paid, now);
      flow.owed -= paid;
    } else {
      const waiter = flow.waiters.shift();
      if (waiter !== undefined) {
        this.waiters--;
        const paid = Math.min(waiter.cost, 1);
        this.pay(flow, paid, now);
        this.taken += waiter.cost;
        flow.owed = waiter.cost - paid;
        // In its queue again before it is told: it may at once take more, which goes behind what waits, and is owed.
        this.enqueue(flow, now);
        waiter.admitted();
        return;
      }
    }
    this.enqueue(flow, now);
  }

  private refuseOverdue(now: number): void {
    for (const flow of [...this.early, ...this.late]) {
      while (flow.waiters[0] !== undefined && flow.waiters[0].deadline <= now) {
        const waiter = flow.waiters.shift();
        this.waiters--;
        waiter?.refused();
      }
    }
  }
}

/** With one unit at least beside the reserve. */
function capacityOf(amount: number): number {
  return Math.max(amount, 1 / BURST_SPANS) * (RESERVE_SPANS + BURST_SPANS);
}
