/** Something that is looked at when its time comes. */
export interface Due {
  /** Where the wheel keeps it; the wheel's own. */
  wheelSlot: Set<Due> | undefined;
  /** @returns the tick at which to look again; undefined: never */
  check(tick: number): number | undefined;
}

const SLOTS = 1024;

/**
 * Deadlines of many connections on one timer: a slot for each of the next ticks, and in it what falls due then. What lies
 * further ahead is looked at once a round.
 */
export class DeadlineWheel {
  private readonly slots: Set<Due>[] = Array.from({ length: SLOTS }, () => new Set());
  private now = 0;

  /** Seconds since the wheel began to turn. */
  get tick(): number {
    return this.now;
  }

  /** Looks at `due` at that tick, and no more at the one that was set before. */
  set(due: Due, tick: number): void {
    this.remove(due);
    const ahead = Math.min(Math.max(tick - this.now, 1), SLOTS - 1);
    const slot = this.slots[(this.now + ahead) % SLOTS];
    slot?.add(due);
    due.wheelSlot = slot;
  }

  remove(due: Due): void {
    due.wheelSlot?.delete(due);
    due.wheelSlot = undefined;
  }

  /** To be called once a second. */
  turn(): void {
    this.now++;
    const slot = this.slots[this.now % SLOTS];
    if (slot === undefined || slot.size === 0) {
      return;
    }
    for (const due of [...slot]) {
      this.remove(due);
      const next = due.check(this.now);
      if (next !== undefined) {
        this.set(due, next);
      }
    }
  }
}
