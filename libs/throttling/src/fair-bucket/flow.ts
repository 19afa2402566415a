/** Something that waits until its flow may go on. */
export interface Waiter {
  /** Units that it takes. */
  readonly cost: number;
  /** By the monotonic clock: from then on it waits in vain. */
  readonly deadline: number;
  admitted(): void;
  refused(): void;
}

/** What one sender has taken lately, and what of it waits. There is one only for who sends. */
export class Flow {
  /** When it will have been given what it has taken, were it given its fair share and no more; by the monotonic clock. */
  paidUntil = Number.NEGATIVE_INFINITY;
  /** Units that it has taken ahead. It pays them in its turns, and takes nothing meanwhile. */
  owed = 0;
  readonly waiters: Waiter[] = [];
  /** Whether it stands in a queue for its turn. */
  isQueued = false;

  /** Whether there is something to be remembered of it. */
  isActive(now: number): boolean {
    return this.isQueued || this.paidUntil > now;
  }
}
